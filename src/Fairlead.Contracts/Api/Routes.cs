namespace Fairlead.Contracts.Api;

/// <summary>The paths of the workspace API, relative to <see cref="Base"/> unless they say otherwise.</summary>
/// <remarks>Paths of §6.2 where there is a public one; blobs, snapshots, environments and logs are ours (§10).</remarks>
public static class Routes
{
    /// <summary>The scope of one workspace (§6.2), with its three ids.</summary>
    public const string BasePattern =
        "/modelmanagement/v1.0/subscriptions/{subscription}/resourceGroups/{resourceGroup}"
        + "/providers/Microsoft.MachineLearningServices/workspaces/{workspace}";

    public const string DefaultSubscription = "00000000-0000-0000-0000-000000000000";
    public const string DefaultResourceGroup = "fairlead";
    public const string DefaultWorkspace = "default";

    public const string Assets = "/assets";
    public const string Models = "/models";
    public const string Services = "/services";
    public const string Endpoints = "/endpoints";
    public const string Operations = "/operations";
    public const string Environments = "/environments";
    public const string Snapshots = "/snapshots";
    public const string Blobs = "/blobs";
    public const string Computes = "/computes";

    /// <summary>Not below the base and open to all: 200 when the process serves, with its version.</summary>
    public const string Health = "/healthz";

    /// <summary>Not below the base: <c>/content/{digest of a manifest}/{digest of one of its files}</c>, open to those who have a
    /// <see cref="ContentToken"/>.</summary>
    public const string Content = "/content";

    /// <summary>Query of <see cref="Content"/> with the signed, short-lived right to read.</summary>
    public const string ContentToken = "token";

    /// <summary>Not below the base and open to all: the public keys of the workspace's tokens (RFC 7517).</summary>
    public const string TokenKeys = "/.well-known/jwks.json";

    /// <summary>On a gateway: its status, for operators.</summary>
    public const string GatewayStatus = "/fairlead/gateway";

    /// <summary>The scheme of <see cref="Assets"/> references: <c>aml://asset/{digest of the manifest}</c>.</summary>
    public const string AssetUrlPrefix = "aml://asset/";

    /// <summary>The base for the given ids.</summary>
    public static string Base(
        string subscription = DefaultSubscription,
        string resourceGroup = DefaultResourceGroup,
        string workspace = DefaultWorkspace) =>
        $"/modelmanagement/v1.0/subscriptions/{Uri.EscapeDataString(subscription)}"
        + $"/resourceGroups/{Uri.EscapeDataString(resourceGroup)}"
        + $"/providers/Microsoft.MachineLearningServices/workspaces/{Uri.EscapeDataString(workspace)}";

    /// <summary>The path of a service on its gateway.</summary>
    public static string ServicePath(string service) => "/api/v1/service/" + service;
}
