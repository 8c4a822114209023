namespace Fairlead.Gateway.Leasing;

/// <summary>A service's load at one moment.</summary>
/// <param name="Busy">Requests in replicas, those that drain included.</param>
/// <param name="Queued">Requests that wait for a replica.</param>
/// <param name="Ready">Replicas that may get requests.</param>
internal readonly record struct ServiceLoad(int Busy, int Queued, int Ready);
