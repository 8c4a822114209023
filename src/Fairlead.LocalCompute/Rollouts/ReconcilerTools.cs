using Fairlead.Contracts.Routing;
using Fairlead.LocalCompute.Logs;
using Fairlead.LocalCompute.Replicas;
using Fairlead.LocalCompute.State;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What every service's reconciler shares.</summary>
internal sealed record ReconcilerTools(
    ReplicaTools Replicas, Preparer Preparer, ServiceStore Store, ServiceDirectory Directory, LogStore Logs,
    ILogger<ServiceReconciler> Logger);
