using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Services;

/// <summary>The states of a service (§1.6).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceState>))]
public enum ServiceState
{
    /// <summary>A deployment is in progress.</summary>
    Transitioning,

    /// <summary>The endpoint is available.</summary>
    Healthy,

    /// <summary>Deployed, but no replica answers now.</summary>
    Unhealthy,

    /// <summary>Not enough free resources now.</summary>
    Unschedulable,

    /// <summary>The deployment ended in an error or crash. Final.</summary>
    Failed,
}
