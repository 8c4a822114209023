using System.Globalization;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Resources;

/// <summary>What resource settings are in the files of a control group.</summary>
internal static class CgroupSettings
{
    private const int PeriodMicroseconds = 100_000;

    /// <summary>
    /// A CPU request is a share (it matters only when cores are short), limits are limits. A memory request is not
    /// enforced. Swap is closed where the kernel counts it, else a limited replica would swap instead of failing.
    /// </summary>
    public static IEnumerable<(string File, string Value, bool Required)> For(
        CgroupMount mount, ContainerResourceRequirements resources)
    {
        var first = mount.Version == 1;
        if (mount.Controllers.Contains("cpu"))
        {
            // 1024 shares, or a weight of 100, are one core; the kernel's least values are 2 and 1.
            yield return first
                ? ("cpu.shares", Text(Math.Clamp(resources.Cpu * 1024, 2, 262_144)), true)
                : ("cpu.weight", Text(Math.Clamp(resources.Cpu * 100, 1, 10_000)), true);
            if (resources.CpuLimit is { } cores)
            {
                // The kernel refuses a quota under 1 ms.
                var quota = Text(Math.Max(cores * PeriodMicroseconds, 1000));
                if (first)
                {
                    yield return ("cpu.cfs_period_us", Text(PeriodMicroseconds), true);
                    yield return ("cpu.cfs_quota_us", quota, true);
                }
                else
                {
                    yield return ("cpu.max", quota + " " + Text(PeriodMicroseconds), true);
                }
            }
        }

        if (mount.Controllers.Contains("memory") && resources.MemoryInGBLimit is { } memory)
        {
            var bytes = Text(MemoryBytes(memory));
            yield return (first ? "memory.limit_in_bytes" : "memory.max", bytes, true);
            yield return (first ? "memory.memsw.limit_in_bytes" : "memory.swap.max", first ? bytes : "0", false);
        }
    }

    /// <summary>A GB is 2^30 bytes here, as Kubernetes' Gi.</summary>
    public static long MemoryBytes(double gigabytes) => (long)(gigabytes * (1L << 30));

    private static string Text(double value) => ((long)Math.Round(value)).ToString(CultureInfo.InvariantCulture);
}
