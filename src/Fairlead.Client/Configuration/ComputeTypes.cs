using Fairlead.Client.Naming;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Configuration;

/// <summary>The kinds of compute that configuration files and flags name.</summary>
public static class ComputeTypes
{
    public const string Aks = "AKS";
    public const string Local = "LOCAL";

    /// <summary>An endpoint with versions, on whichever compute target (§1.8).</summary>
    public const string AksEndpoint = "AKSENDPOINT";

    private static readonly string[] Known = ["aks", "local", "aci", "kubernetes", "akscompute", "aksendpoint"];

    /// <summary>The wire form of a name in any case; null stays null.</summary>
    /// <exception cref="FairleadException">The name is not known.</exception>
    public static string? Normalize(string? name, string where) => name?.ToLowerInvariant() switch
    {
        null => null,
        "local" => Local,
        "aks" or "kubernetes" or "akscompute" or "aci" => Aks,
        "aksendpoint" => AksEndpoint,
        _ => throw new FairleadException(
            ErrorCodes.InvalidArgument,
            400,
            $"{where}: compute type '{name}' is not known{NearestName.Hint(name, Known)} Allowed are aks, kubernetes, aksendpoint and local."),
    };
}
