namespace Fairlead.Workspace.Endpoints;

/// <summary>A version of an endpoint. Both are services to the rest: the endpoint one that only shares requests out.</summary>
internal sealed class EndpointVersionRow
{
    /// <summary>What <c>ServiceRow.ComputeType</c> is of an endpoint.</summary>
    public const string ComputeType = "AKSENDPOINT";

    public required string Endpoint { get; set; }

    public required string Name { get; set; }

    /// <summary>The service that answers for it.</summary>
    public required string Service { get; set; }

    /// <summary>Order of creation.</summary>
    public int Position { get; set; }

    public decimal TrafficPercentile { get; set; }

    public decimal ShadowPercentile { get; set; }

    public bool IsDefault { get; set; }

    public bool IsControl { get; set; }

    /// <summary>Whether it has been ready once; no request is sent to it before.</summary>
    public bool HasServed { get; set; }

    /// <summary>Whether it is being deleted; it gets no request any more.</summary>
    public bool IsLeaving { get; set; }
}
