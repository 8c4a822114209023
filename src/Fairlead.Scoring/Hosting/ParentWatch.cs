using System.Runtime.InteropServices;

namespace Fairlead.Scoring.Hosting;

/// <summary>Ends this process at once when the process that started it has gone, however that ended.</summary>
/// <remarks>
/// The kernel's signal comes when the <em>thread</em> that started us ends, which happens in a healthy parent too; so the
/// signal is one that we handle, and we look whether the parent changed. The end of a pipe on standard input says the
/// same where there is no such signal, or when the parent had gone before it was asked for.
/// </remarks>
internal sealed class ParentWatch : IDisposable
{
    private readonly int _parent = NativeProcess.ParentId();
    private readonly PosixSignalRegistration _registration;

    public ParentWatch()
    {
        _registration = PosixSignalRegistration.Create((PosixSignal)NativeProcess.SigUsr2, context =>
        {
            context.Cancel = true;
            ExitIfOrphaned();
        });
        NativeProcess.SignalOnParentDeath(NativeProcess.SigUsr2);
        ExitIfOrphaned();
        if (IsPipe())
        {
            new Thread(WaitForEndOfInput) { IsBackground = true, Name = "parent watch" }.Start();
        }
    }

    public void Dispose() => _registration.Dispose();

    private void ExitIfOrphaned()
    {
        if (NativeProcess.ParentId() != _parent)
        {
            NativeProcess.Exit(ExitCodes.Success);
        }
    }

    /// <summary>/dev/null or a terminal is always at its end, or never: neither says anything of the parent.</summary>
    private static bool IsPipe()
    {
        var target = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/fd/0").LinkTarget : null;
        return target is not null
            && (target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("socket:", StringComparison.Ordinal));
    }

    private static void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        NativeProcess.Exit(ExitCodes.Success);
    }
}
