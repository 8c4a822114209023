namespace Fairlead.Gateway.SelfScaling;

/// <summary>How much one gateway has to do, over the last ten seconds.</summary>
/// <param name="RoutingMicros">95th percentile of the routing time in microseconds, rounded up to a power of two; 0 without
/// requests.</param>
/// <param name="MilliCpu">CPU in use, in thousandths.</param>
internal readonly record struct GatewayLoad(long RoutingMicros, long MilliCpu);
