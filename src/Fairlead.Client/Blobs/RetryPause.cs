namespace Fairlead.Client.Blobs;

/// <summary>Pauses between tries of one transfer: 0.2 s, doubled up to 5 s, and an end to tries without progress.</summary>
internal sealed class RetryPause(int retries, TimeProvider time)
{
    private int _tried;

    public void Progressed() => _tried = 0;

    /// <summary>Waits, or throws <paramref name="failure"/> when there were tries enough.</summary>
    public Task WaitAsync(Exception? failure, CancellationToken cancellationToken)
    {
        if (++_tried > retries)
        {
            throw new IOException(
                $"the transfer made no progress in {retries + 1} tries ({failure?.Message ?? "the server took no bytes"});"
                + " run the same command again to go on where it stopped",
                failure);
        }

        var pause = TimeSpan.FromMilliseconds(Math.Min(5000, 100 * Math.Pow(2, _tried)));
        return Task.Delay(pause, time, cancellationToken);
    }
}
