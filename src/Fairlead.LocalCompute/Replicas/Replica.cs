using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Logs;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>
/// Keeps one replica running: starts its process, waits until it is ready, probes it, starts it again when it ends.
/// Reports each change, decides nothing about the service.
/// </summary>
/// <remarks>Its own task is the only one that works; <see cref="BeginDrain"/> and <see cref="Stop"/> are for the reconciler.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to release.")]
internal sealed class Replica(
    string id, ScoringService service, PreparedApp app, Func<LivenessProbeRequirements> liveness, ServiceLog log,
    ReplicaTools tools, Action changed)
{
    /// <summary>Begins the lines that local compute itself writes into a replica's log.</summary>
    public const string LogMark = "[fairlead] ";

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RestartDelays _delays = new(tools.Options);
    private volatile ReplicaSnapshot _current = new() { Id = id, State = ReplicaState.Starting };
    private volatile bool _abandoned;
    private volatile bool _killed;
    private ReplicaProcess? _process;

    public ReplicaSnapshot Current => _current;

    public bool IsDraining { get; private set; }

    /// <summary>Ends when its process is gone for good.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>It is to get no new request. Publish that, then call <see cref="Stop"/>.</summary>
    public void BeginDrain()
    {
        lock (_gate)
        {
            IsDraining = true;
            _current = _current with { State = ReplicaState.Draining, Reason = "Finishing its requests" };
        }
    }

    /// <summary>Ends it: it may finish its requests within the scoring timeout and a margin, then it is killed.</summary>
    public void Stop() => _ = _stop.CancelAsync();

    /// <summary>Ends it without waiting for its requests any longer.</summary>
    public void Kill()
    {
        _killed = true;
        Stop();
        Volatile.Read(ref _process)?.Kill();
    }

    /// <summary>Leaves the process alone for good, as a server that dies does.</summary>
    internal void Abandon()
    {
        _abandoned = true;
        Stop();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var failure = await RunOnceAsync();
                if (failure is null || _stop.IsCancellationRequested)
                {
                    break;
                }

                await BackOffAsync(failure);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Append(id, $"{LogMark}This replica cannot be kept running: {exception.Message}");
        }

        if (!_abandoned)
        {
            Update(state => state with { State = ReplicaState.Stopped, Address = null });
            log.Close(id);
            changed();
        }
    }

    /// <summary>One life of the process. Null when it ended because it was told to.</summary>
    private async Task<ReplicaFailure?> RunOnceAsync()
    {
        var portFile = tools.Paths.PortFile(id);
        File.Delete(portFile);
        Update(state => state with { State = ReplicaState.Starting, Address = null, ListeningAt = null, ReadyAt = null, StartedAt = tools.Time.GetUtcNow() });
        changed();
        ReplicaProcess process;
        try
        {
            process = await StartProcessAsync(portFile);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            return new ReplicaFailure(ReplicaFailureKind.CouldNotStart, null, true,
                $"The scoring host '{tools.Options.ScoringHostPath}' cannot be started: {exception.Message}");
        }

        try
        {
            return await SuperviseAsync(process, portFile);
        }
        finally
        {
            Volatile.Write(ref _process, null);
            if (!_abandoned)
            {
                File.Delete(portFile);
            }
        }
    }

    private async Task<ReplicaProcess> StartProcessAsync(string portFile)
    {
        if (!File.Exists(tools.Options.ScoringHostPath))
        {
            throw new IOException("there is no such file");
        }

        var start = new ProcessStartInfo(tools.Options.ScoringHostPath) { WorkingDirectory = app.Folder.Root };
        ReplicaVariables.Apply(start, service, app, id, portFile, tools.Paths.Root, tools.Options);
        var cgroup = tools.Cgroups.TryCreate(
            string.Create(CultureInfo.InvariantCulture, $"{id}.{_current.Restarts}"), service.Spec.Resources);
        var process = await ReplicaProcess.StartAsync(
            start, tools.Paths.PidFile(id), cgroup, tools.Launcher, log, id, tools.Time);
        Volatile.Write(ref _process, process);
        return process;
    }

    private async Task<ReplicaFailure?> SuperviseAsync(ReplicaProcess process, string portFile)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var watch = WatchAsync(process, portFile, ended.Token);
        await Task.WhenAny(process.Exited, watch);
        var failure = watch.IsCompletedSuccessfully ? await watch : null;
        await ended.CancelAsync();
        await watch.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (_abandoned)
        {
            return null;
        }

        if (_stop.IsCancellationRequested && failure is null)
        {
            await EndAsync(process, TimeSpan.FromMilliseconds(service.Spec.ScoringTimeoutMs) + tools.Options.DrainMargin);
            return null;
        }

        if (failure is not null)
        {
            // Withdrawn first: it may still answer some requests while it ends.
            Update(state => state with { State = ReplicaState.BackOff, Address = null, Reason = failure.Summary });
            changed();
            await EndAsync(process, tools.Options.DrainMargin);
            return failure;
        }

        return DescribeExit(await process.Exited);
    }

    /// <summary>Ends with a failure to be ready in time or to stay alive, else runs until cancelled.</summary>
    private async Task<ReplicaFailure> WatchAsync(ReplicaProcess process, string portFile, CancellationToken cancellationToken)
    {
        var started = tools.Time.GetTimestamp();
        var limit = tools.Options.ReplicaStartTimeout;
        Uri? address = null;
        while (true)
        {
            if (address is null && HealthProbe.ReadAddress(portFile) is { } found)
            {
                address = found;
                Update(state => state with { ListeningAt = tools.Time.GetUtcNow() });
            }

            if (address is not null && await tools.Probe.IsHealthyAsync(address, TimeSpan.FromSeconds(2), cancellationToken))
            {
                break;
            }

            if (tools.Time.GetElapsedTime(started) > limit)
            {
                return new ReplicaFailure(ReplicaFailureKind.StartTimedOut, null, true, string.Create(
                    CultureInfo.InvariantCulture, $"Not ready within {limit}"));
            }

            await Task.Delay(tools.Options.ReadinessPeriod, tools.Time, cancellationToken);
        }

        if (!process.Exited.IsCompleted)
        {
            Update(state => state with
            {
                State = ReplicaState.Ready,
                Address = address,
                ReadyAt = tools.Time.GetUtcNow(),
                Reason = null,
                FailedStarts = 0,
            });
            changed();
        }

        return await ProbeUntilDeadAsync(address, cancellationToken);
    }

    private async Task<ReplicaFailure> ProbeUntilDeadAsync(Uri address, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var probe = liveness();
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds)), tools.Time, cancellationToken);
            var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
            failures = await tools.Probe.IsHealthyAsync(address, timeout, cancellationToken) ? 0 : failures + 1;
            if (failures >= Math.Max(1, probe.FailureThreshold))
            {
                return new ReplicaFailure(ReplicaFailureKind.LivenessProbeFailed, null, false, string.Create(
                    CultureInfo.InvariantCulture, $"LivenessProbeFailed: no 200 within {probe.TimeoutSeconds} s, {failures} times in a row"));
            }
        }
    }

    private async Task EndAsync(ReplicaProcess process, TimeSpan limit)
    {
        if (!_killed)
        {
            process.Terminate();
            await Task.WhenAny(process.Exited, Task.Delay(limit, tools.Time));
        }

        // A kill during the wait has signalled the process already; twice does no harm.
        process.Kill();
        await process.Exited;
    }

    private ReplicaFailure DescribeExit(ReplicaExit exit)
    {
        var beforeReady = _current.ReadyAt is null;
        var asked = service.Spec.Resources.MemoryInGBLimit;
        return exit.OutOfMemory
            ? new ReplicaFailure(ReplicaFailureKind.OutOfMemory, exit.Code, beforeReady, string.Create(
                CultureInfo.InvariantCulture, $"OOMKilled: it used more than its limit of {asked} GB of memory"))
            : new ReplicaFailure(ReplicaFailureKind.Crashed, exit.Code, beforeReady, string.Create(
                CultureInfo.InvariantCulture, $"Ended with exit code {exit.Code}{(beforeReady ? " before it was ready" : "")}"));
    }

    private async Task BackOffAsync(ReplicaFailure failure)
    {
        var readyFor = _current.ReadyAt is { } ready ? tools.Time.GetUtcNow() - ready : TimeSpan.Zero;
        var delay = _delays.Next(readyFor);
        log.Append(id, string.Create(CultureInfo.InvariantCulture,
            $"{LogMark}{failure.Summary}; starting again in {delay.TotalSeconds:0.#} s"));
        Update(state => state with
        {
            State = ReplicaState.BackOff,
            Address = null,
            Restarts = state.Restarts + 1,
            FailedStarts = failure.BeforeReady ? state.FailedStarts + 1 : 0,
            LastFailure = failure,
            Reason = (state.FailedStarts > 0 ? "CrashLoopBackOff: " : "") + failure.Summary,
        });
        changed();
        await Task.Delay(delay, tools.Time, _stop.Token);
    }

    // Draining is for good: what the process does meanwhile does not undo it.
    private void Update(Func<ReplicaSnapshot, ReplicaSnapshot> change)
    {
        lock (_gate)
        {
            var next = change(_current);
            _current = IsDraining && next.State != ReplicaState.Stopped
                ? next with { State = ReplicaState.Draining, Address = _current.Address, Reason = _current.Reason }
                : next;
        }
    }
}
