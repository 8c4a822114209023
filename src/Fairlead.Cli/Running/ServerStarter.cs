using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Running;

/// <summary>Starts a server that outlives this program, and waits until it answers.</summary>
internal sealed class ServerStarter(CliHost host, DataFolder data)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The server leads a session of its own, so that Ctrl-C in this terminal is not for it.
    private const string Detach = """
        log=$1; shift
        if command -v setsid >/dev/null 2>&1; then setsid "$@" </dev/null >>"$log" 2>&1 & else nohup "$@" </dev/null >>"$log" 2>&1 & fi
        echo $!
        """;

    /// <summary>The server's program: FAIRLEAD_SERVER, else fairleadd beside this one.</summary>
    public string FindProgram()
    {
        var path = host.Variable("FAIRLEAD_SERVER") ?? Path.Combine(host.BinaryDirectory, "fairleadd");
        return File.Exists(path)
            ? path
            : throw new FairleadException(
                "ServerNotFound", 404, $"the server's program is not at '{path}'; build it with ./build.sh, or name it with FAIRLEAD_SERVER");
    }

    public void RefuseSecond()
    {
        if (data.FindServer() is { } running && running.IsAlive())
        {
            throw new FairleadException(
                "ServerRunning",
                409,
                $"a server runs on '{data.Path}' already (process {running.ProcessId}, {running.WorkspaceUrl}); "
                + "stop it with `fairlead down`, or choose another folder with --data");
        }
    }

    public async Task<RunningServer> StartAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        RefuseSecond();
        var program = FindProgram();
        Directory.CreateDirectory(Path.GetDirectoryName(data.LogFile)!);
        var logStart = File.Exists(data.LogFile) ? new FileInfo(data.LogFile).Length : 0;
        var id = await DetachAsync([program, .. arguments], cancellationToken);
        var started = host.Time.GetTimestamp();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        while (true)
        {
            if (data.FindServer() is { } server && server.ProcessId == id && await AnswersAsync(http, server, cancellationToken))
            {
                return server;
            }

            var isAlive = ServerProcess.IsAlive(id);
            if (!isAlive || host.Time.GetElapsedTime(started) > Patience)
            {
                if (isAlive)
                {
                    ServerProcess.Stop(id);
                }

                throw new FairleadException(
                    "ServerNotStarted",
                    500,
                    $"the server {(isAlive ? $"did not answer in {Patience.TotalSeconds:0} s" : "ended at once")}. "
                    + $"Its log ({data.LogFile}) says:\n  {string.Join("\n  ", LogFrom(logStart))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), host.Time, cancellationToken);
        }
    }

    public async Task<bool> StopAsync(RunningServer server, TimeSpan patience, CancellationToken cancellationToken)
    {
        ServerProcess.Stop(server.ProcessId);
        var started = host.Time.GetTimestamp();
        while (ServerProcess.IsAlive(server.ProcessId))
        {
            if (host.Time.GetElapsedTime(started) > patience)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), host.Time, cancellationToken);
        }

        return true;
    }

    public static async Task<bool> AnswersAsync(HttpClient http, RunningServer server, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(server.WorkspaceUrl, Routes.Health), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<int> DetachAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var shell = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "-c", Detach, "sh", data.LogFile }.Concat(command))
        {
            shell.ArgumentList.Add(argument);
        }

        using var process = Process.Start(shell)!;
        var id = await process.StandardOutput.ReadLineAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return int.Parse(id ?? "0", CultureInfo.InvariantCulture);
    }

    private IEnumerable<string> LogFrom(long offset)
    {
        using var log = new FileStream(data.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(Math.Min(offset, log.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(20)];
    }
}
