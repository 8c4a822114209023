using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.Resources;
using Fairlead.LocalCompute.State;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>What every replica of a compute target shares.</summary>
internal sealed record ReplicaTools(
    LocalComputeOptions Options, LocalComputePaths Paths, ProcessLauncher Launcher, Cgroups Cgroups, HealthProbe Probe, TimeProvider Time);
