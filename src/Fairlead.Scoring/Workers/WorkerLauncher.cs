using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Fairlead.Contracts;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Workers;

/// <summary>Starts worker processes and takes their connection, each over an own socket in a folder that only this user
/// can enter.</summary>
internal sealed class WorkerLauncher : IDisposable
{
    /// <summary>Time for a connection that was made before its process ended to be taken.</summary>
    private static readonly TimeSpan ExitToConnection = TimeSpan.FromMilliseconds(200);

    private readonly ScoringOptions _options;
    private readonly TimeProvider _time;
    private readonly LaunchThread _thread = new();
    private readonly string _startScript = Path.Combine(AppContext.BaseDirectory, "python", "start.py");

    public WorkerLauncher(ScoringOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        if (!File.Exists(_startScript))
        {
            throw new StartException(
                $"The installation is incomplete: {_startScript} is missing; it belongs beside the binary.");
        }
    }

    /// <summary>A worker that has said hello; its <c>init()</c> still runs.</summary>
    public async Task<PythonWorker> LaunchAsync(CancellationToken cancellationToken)
    {
        // Only as long as it is needed: a host that is killed leaves nothing behind.
        var folder = Directory.CreateTempSubdirectory("fairlead-scoring-").FullName;
        var path = Path.Combine(folder, "worker.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        try
        {
            var process = await StartProcessAsync(path);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var exited = process.WaitForExitAsync(cancellationToken);
            var accepted = listener.AcceptAsync(gone.Token).AsTask();
            if (await Task.WhenAny(exited, accepted) == exited && !await HasConnectedAsync(accepted))
            {
                await gone.CancelAsync();
                await exited;
                throw new StartException(
                    $"The Python worker ended before it had connected: {ProcessEnd.Describe(process.ExitCode)}. Is "
                    + $"'{_options.Python}' ({ScoringHostVariables.Python}) Python 3.6 or newer?");
            }

            var worker = new PythonWorker(process, await accepted, _time);
            await worker.ReadHelloAsync(cancellationToken);
            return worker;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _thread.Dispose();

    /// <summary>A script can end its process right after the worker connected: both are then seen at once.</summary>
    private async Task<bool> HasConnectedAsync(Task<Socket> accepted)
    {
        await Task.WhenAny(accepted, Task.Delay(ExitToConnection, _time, CancellationToken.None));
        return accepted.IsCompletedSuccessfully;
    }

    private async Task<Process> StartProcessAsync(string socketPath)
    {
        var info = new ProcessStartInfo(_options.Python)
        {
            ArgumentList =
            {
                "-u", _startScript, socketPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            },
            Environment =
            {
                [ScoringHostVariables.AppRoot] = _options.AppRoot,
                [ScoringHostVariables.EntryScript] = _options.EntryScript,
                [ScoringHostVariables.ModelDirectory] = _options.ModelDirectory,
                [ScoringHostVariables.MaxConcurrentRequests] = _options.MaxConcurrentRequests == int.MaxValue
                    ? "" : _options.MaxConcurrentRequests.ToString(CultureInfo.InvariantCulture),
                [ScoringHostVariables.MaxBatchSize] = _options.MaxBatchSize.ToString(CultureInfo.InvariantCulture),
                [ScoringHostVariables.MaxBatchDelayMs] = _options.MaxBatchDelayMs.ToString(CultureInfo.InvariantCulture),
            },
        };
        if (_options.NoCodeFramework is { } framework)
        {
            info.ArgumentList.Add(framework);
        }

        try
        {
            return await _thread.StartAsync(info);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new StartException(
                $"The Python interpreter '{_options.Python}' ({ScoringHostVariables.Python}) could not be started: "
                + exception.Message, exception);
        }
    }
}
