using Fairlead.Client.Blobs;
using Fairlead.Client.Computes;
using Fairlead.Client.Endpoints;
using Fairlead.Client.Environments;
using Fairlead.Client.Http;
using Fairlead.Client.Models;
using Fairlead.Client.Operations;
using Fairlead.Client.Services;
using Fairlead.Client.Snapshots;

namespace Fairlead.Client;

/// <summary>
/// A workspace. Thread-safe. Every method throws <see cref="FairleadApiException"/> when the workspace refuses,
/// <see cref="ServerUnreachableException"/> when none answers and
/// <see cref="Contracts.Errors.FairleadException"/> when an argument or a local file is wrong, which is found out
/// before anything is sent.
/// </summary>
public sealed class FairleadClient : IDisposable
{
    private readonly WorkspaceConnection _connection;

    public FairleadClient(FairleadClientOptions options)
    {
        Options = options;
        _connection = new WorkspaceConnection(options);
        Blobs = new BlobsClient(_connection, options);
        Operations = new OperationsClient(_connection, options.TimeProvider);
        Models = new ModelsClient(_connection, Blobs);
        Environments = new EnvironmentsClient(_connection);
        Services = new ServicesClient(_connection);
        Endpoints = new EndpointsClient(_connection);
        Snapshots = new SnapshotsClient(_connection, Blobs);
        Computes = new ComputesClient(_connection);
    }

    /// <summary>What it was made with.</summary>
    public FairleadClientOptions Options { get; }

    /// <summary>Content by digest.</summary>
    public BlobsClient Blobs { get; }

    /// <summary>Registered models.</summary>
    public ModelsClient Models { get; }

    /// <summary>Registered environments.</summary>
    public EnvironmentsClient Environments { get; }

    /// <summary>Deployed services.</summary>
    public ServicesClient Services { get; }

    /// <summary>Endpoints with versions.</summary>
    public EndpointsClient Endpoints { get; }

    /// <summary>Long operations.</summary>
    public OperationsClient Operations { get; }

    /// <summary>Source directories.</summary>
    public SnapshotsClient Snapshots { get; }

    /// <summary>Compute targets.</summary>
    public ComputesClient Computes { get; }

    /// <summary>The answer of <c>/healthz</c>: version and state of the server, as it says them.</summary>
    public Task<string> HealthAsync(CancellationToken cancellationToken) => _connection.HealthAsync(cancellationToken);

    public void Dispose() => _connection.Dispose();
}
