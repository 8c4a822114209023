using Fairlead.Client.Http;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Operations;

/// <summary>Long operations of a workspace.</summary>
public sealed class OperationsClient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly WorkspaceConnection _connection;
    private readonly TimeProvider _time;

    internal OperationsClient(WorkspaceConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
    }

    /// <summary>An operation as it is now.</summary>
    public Task<OperationDto> GetAsync(string id, CancellationToken cancellationToken) => _connection.GetAsync(
        $"{Routes.Operations}/{Segment.Of(id)}", ContractsJson.Default.OperationDto, cancellationToken);

    /// <summary>
    /// Waits until it has ended, well or not, asking every 100 to 500 ms. A server that is gone for a moment is waited
    /// for (30 s), since operations survive a restart.
    /// </summary>
    public async Task<OperationDto> WaitAsync(
        string id, Func<OperationDto, Task>? progress, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        long? awaySince = null;
        while (true)
        {
            try
            {
                var operation = await GetAsync(id, cancellationToken);
                awaySince = null;
                if (progress is not null)
                {
                    await progress(operation);
                }

                if (operation.State is not (OperationState.NotStarted or OperationState.Running))
                {
                    return operation;
                }
            }
            catch (ServerUnreachableException) when (
                _time.GetElapsedTime(awaySince ??= _time.GetTimestamp()) < TimeSpan.FromSeconds(30))
            {
                // Asked again below.
            }

            await Task.Delay(pause, _time, cancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }
}
