using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Resources;

/// <summary>What this machine has, and whether a replica can ever fit.</summary>
internal sealed record MachineCapacity(double Cores, double MemoryInGB)
{
    public static MachineCapacity Of(LocalComputeOptions options) => new(
        options.CpuCores ?? Environment.ProcessorCount,
        options.MemoryInGB ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30));

    /// <summary>
    /// Null when one replica fits. Only what can never fit is refused: requests are shares, so more replicas than fit
    /// side by side are merely slower.
    /// </summary>
    public ErrorDocument? Check(string service, ContainerResourceRequirements asked)
    {
        var causes = new List<string>();
        if (asked.Cpu > Cores)
        {
            causes.Add(Text($"{asked.Cpu:0.##} CPU cores, of {Cores:0.##} there are"));
        }

        if (asked.MemoryInGB > MemoryInGB)
        {
            causes.Add(Text($"{asked.MemoryInGB:0.##} GB of memory, of {MemoryInGB:0.##} GB there are"));
        }

        if (asked.Gpu is > 0)
        {
            causes.Add(Text($"{asked.Gpu} GPUs; local compute assigns none (leave gpu out: processes see the machine's GPUs)"));
        }

        if (causes.Count == 0)
        {
            return null;
        }

        var message = $"A replica of service '{service}' can never run on this machine: it asks for {string.Join(", and for ", causes)}. "
            + "Ask for less, or deploy to another compute target.";
        return new ErrorDocument(
            ErrorCodes.DeploymentFailed, 400, message, [new ErrorDetail(ErrorCodes.Unschedulable, string.Join("; ", causes))]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
