namespace Fairlead.Client.Blobs;

/// <summary>Adds up the bytes of parallel transfers and reports them one at a time.</summary>
internal sealed class TransferMeter(long totalBytes, Action<TransferProgress>? report)
{
    private readonly Lock _lock = new();
    private TransferProgress _now = new(0, totalBytes, 0, null);

    public void Hashed(long bytes) => Change(now => now with { HashedBytes = now.HashedBytes + bytes });

    public void Transferred(long bytes) => Change(now => now with { TransferredBytes = now.TransferredBytes + bytes });

    public void ToTransfer(long bytes) => Change(now => now with { BytesToTransfer = bytes });

    private void Change(Func<TransferProgress, TransferProgress> change)
    {
        if (report is null)
        {
            return;
        }

        lock (_lock)
        {
            _now = change(_now);
            report(_now);
        }
    }
}
