using Fairlead.Contracts.Api;

namespace Fairlead.Client;

/// <summary>Where a workspace is and how to reach it.</summary>
public sealed record FairleadClientOptions
{
    /// <summary>The root of the workspace API, for example <c>http://127.0.0.1:8080</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Management token, sent as <c>Authorization: Bearer</c>; null sends none.</summary>
    public string? Token { get; init; }

    /// <summary>Default <see cref="Routes.DefaultSubscription"/>.</summary>
    public string SubscriptionId { get; init; } = Routes.DefaultSubscription;

    /// <summary>Default <see cref="Routes.DefaultResourceGroup"/>.</summary>
    public string ResourceGroup { get; init; } = Routes.DefaultResourceGroup;

    /// <summary>Default <see cref="Routes.DefaultWorkspace"/>.</summary>
    public string Workspace { get; init; } = Routes.DefaultWorkspace;

    /// <summary>Files hashed and blobs moved at a time. Default 4.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>How often in a row a transfer that makes no progress is tried again. Default 5.</summary>
    public int TransferRetries { get; init; } = 5;

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Told of each HTTP exchange, for <c>--debug</c>: method, URL, status and milliseconds. Never bodies or keys.</summary>
    public Action<string>? Trace { get; init; }
}
