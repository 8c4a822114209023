using Fairlead.Client.Blobs;
using Fairlead.Client.Http;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Snapshots;

/// <summary>Uploads source directories.</summary>
public sealed class SnapshotsClient
{
    private readonly WorkspaceConnection _connection;
    private readonly BlobsClient _blobs;

    internal SnapshotsClient(WorkspaceConnection connection, BlobsClient blobs)
    {
        _connection = connection;
        _blobs = blobs;
    }

    /// <summary>Uploads what the workspace lacks of it and names the whole.</summary>
    public async Task<AssetDto> CreateAsync(
        SnapshotFiles files, Action<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = await _blobs.UploadAsync(files.Files, progress, cancellationToken);
        return await _connection.SendAsync(
            HttpMethod.Post,
            Routes.Snapshots,
            new CreateAssetRequest { Name = Path.GetFileName(files.Root), Manifest = manifest },
            ContractsJson.Default.CreateAssetRequest,
            ContractsJson.Default.AssetDto,
            cancellationToken);
    }
}
