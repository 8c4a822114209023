using Fairlead.Client.Blobs;
using Fairlead.Client.Http;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;

namespace Fairlead.Client.Models;

/// <summary>The models of a workspace.</summary>
public sealed class ModelsClient
{
    private readonly WorkspaceConnection _connection;
    private readonly BlobsClient _blobs;

    internal ModelsClient(WorkspaceConnection connection, BlobsClient blobs)
    {
        _connection = connection;
        _blobs = blobs;
    }

    /// <summary>Uploads what the workspace lacks of a file or folder and registers it as the name's next version.</summary>
    public async Task<ModelDto> RegisterAsync(
        ModelRegistration model, Action<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        ModelNames.Validate(model.Name);
        var framework = model.Framework is null
            ? null
            : ModelFrameworks.Find(model.Framework) ?? throw FairleadException.InvalidArgument(
                "model framework", model.Framework, "one of " + string.Join(", ", ModelFrameworks.All));
        var files = ModelFiles.Collect(model.Path);
        var manifest = await _blobs.UploadAsync(files, progress, cancellationToken);
        var asset = await _connection.SendAsync(
            HttpMethod.Post,
            Routes.Assets,
            new CreateAssetRequest { Name = model.Name, Manifest = manifest },
            ContractsJson.Default.CreateAssetRequest,
            ContractsJson.Default.AssetDto,
            cancellationToken);
        var unpack = Directory.Exists(model.Path);
        var request = new CreateModelRequest
        {
            Name = model.Name,
            Url = asset.Url,
            MimeType = unpack ? "application/x-tar" : "application/octet-stream",
            Unpack = unpack,
            Framework = framework,
            FrameworkVersion = model.FrameworkVersion,
            Description = model.Description,
            KvTags = model.Tags,
            Properties = model.Properties,
            RunId = model.RunId,
            ExperimentName = model.ExperimentName,
            ResourceRequirements = model.ResourceRequirements,
        };
        return await _connection.SendAsync(
            HttpMethod.Post,
            Routes.Models,
            request,
            ContractsJson.Default.CreateModelRequest,
            ContractsJson.Default.ModelDto,
            cancellationToken);
    }

    /// <summary>The models a filter lets through, newest first.</summary>
    public async Task<IReadOnlyList<ModelDto>> ListAsync(ModelFilter filter, CancellationToken cancellationToken)
    {
        var query = new Query()
            .Add("name", filter.Name)
            .Add("framework", filter.Framework)
            .AddFilters("tags", filter.Tags)
            .AddFilters("properties", filter.Properties)
            .Add("runId", filter.RunId);
        var models = await _connection.ListAsync(
            Routes.Models + query, ContractsJson.Default.PageModelDto, cancellationToken);
        return filter.Latest
            ? [.. models.GroupBy(model => model.Name).Select(versions => versions.MaxBy(model => model.Version)!)]
            : models;
    }

    /// <summary>A model by <c>name:version</c>, or the newest by <c>name</c>.</summary>
    public async Task<ModelDto> GetAsync(string id, CancellationToken cancellationToken)
    {
        var (name, version) = ModelNames.ParseId(id);
        if (version is not null)
        {
            return await _connection.GetAsync(
                $"{Routes.Models}/{Segment.Of(id)}", ContractsJson.Default.ModelDto, cancellationToken);
        }

        var versions = await ListAsync(new ModelFilter { Name = name }, cancellationToken);
        return versions.Where(model => model.Name == name).MaxBy(model => model.Version)
            ?? throw new FairleadApiException(
                System.Net.HttpStatusCode.NotFound, ErrorCodes.ModelNotFound, $"there is no model named '{name}'", []);
    }

    /// <summary>Changes a model with a JSON Patch over its wire form.</summary>
    public Task<ModelDto> UpdateAsync(string id, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken) =>
        _connection.PatchAsync($"{Routes.Models}/{Segment.Of(id)}", steps, ContractsJson.Default.ModelDto, cancellationToken);

    /// <summary>Deletes a version; refused while a service uses it.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, _connection.Url($"{Routes.Models}/{Segment.Of(id)}"));
        using var response = await _connection.SendAsync(request, cancellationToken);
    }

    /// <summary>
    /// Downloads a model's files into a folder, each verified by digest before it gets its name. Nothing is written
    /// when a file is there already, unless <paramref name="overwrite"/>. Returns the paths written.
    /// </summary>
    public async Task<IReadOnlyList<string>> DownloadAsync(
        string id,
        string directory,
        bool overwrite,
        Action<TransferProgress>? progress,
        CancellationToken cancellationToken)
    {
        var model = await GetAsync(id, cancellationToken);
        var downloader = new AssetDownloader(_blobs);
        var manifest = await downloader.ReadManifestAsync(model.Url, cancellationToken);
        return await downloader.DownloadAsync(manifest, directory, overwrite, progress, cancellationToken);
    }
}
