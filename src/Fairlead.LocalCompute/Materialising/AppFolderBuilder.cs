using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.State;

namespace Fairlead.LocalCompute.Materialising;

/// <summary>Puts a generation's scripts and models in place, once; a crash half way leaves nothing that looks whole.</summary>
internal sealed class AppFolderBuilder(LocalComputePaths paths, IBlobSource blobs)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="key">What the folder is made from; a folder of another key at this place is replaced.</param>
    public async Task<AppFolder> BuildAsync(
        ScoringService service, string key, Action<string> log, CancellationToken cancellationToken)
    {
        var folder = paths.AppFolder(service.Name, service.Generation);
        var app = AppFolder.At(Path.Combine(folder, "app"), service.Spec.Models);
        var keyFile = Path.Combine(folder, "key");
        if (File.Exists(keyFile) && await File.ReadAllTextAsync(keyFile, cancellationToken) == key)
        {
            log($"Files are in place already: {app.Root}");
            return app;
        }

        var building = folder + ".building";
        DeleteFolder(building);
        DeleteFolder(folder);
        Directory.CreateDirectory(Path.Combine(building, "app"));
        try
        {
            await FillAsync(service.Spec, Path.Combine(building, "app"), log, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(building, "key"), key, cancellationToken);
            Directory.Move(building, folder);
            return app;
        }
        catch (IOException exception)
        {
            throw DescribeFailure(exception, app.Root);
        }
    }

    public static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FairleadException DescribeFailure(IOException exception, string folder)
    {
        const int NoSpaceLeft = 28;
        return (exception.HResult & 0xFFFF) == NoSpaceLeft
            ? new FairleadException(ErrorCodes.StorageFull, 507,
                $"The disk of {folder} is full. Remove unused services or models, or give it more room, then deploy again.", exception)
            : new FairleadException(ErrorCodes.DeploymentFailed, 400,
                $"The service's files cannot be put in place: {exception.Message}", exception);
    }

    private async Task FillAsync(ScoringServiceSpec spec, string root, Action<string> log, CancellationToken cancellationToken)
    {
        if (spec.SnapshotManifest is { } snapshot)
        {
            // Copied, never linked: user code may write beside its scripts, and must not write into the blob store.
            var count = await PlaceAsync(snapshot, root, mayLink: false, cancellationToken);
            log($"Source directory: {count} files");
        }

        foreach (var model in spec.Models)
        {
            ModelNames.Validate(model.Name);
            var count = await PlaceAsync(
                model.Manifest, Path.Combine(root, AppFolder.RelativeFolderOf(model)), mayLink: true, cancellationToken);
            log($"Model {ModelNames.Id(model.Name, model.Version)}: {count} files");
        }

        await File.WriteAllTextAsync(
            Path.Combine(root, ModelConfigMap.FileName), ModelConfigMap.Build(spec.Workspace, spec.Models), cancellationToken);
    }

    private async Task<int> PlaceAsync(string digest, string folder, bool mayLink, CancellationToken cancellationToken)
    {
        FileManifest manifest;
        await using (var stream = await blobs.OpenReadAsync(digest, cancellationToken))
        {
            manifest = await JsonSerializer.DeserializeAsync(stream, ContractsJson.Default.FileManifest, cancellationToken)
                ?? throw new FairleadException(ErrorCodes.DeploymentFailed, 400, $"The manifest {digest} is empty.");
        }

        Directory.CreateDirectory(folder);
        foreach (var file in manifest.Files)
        {
            var path = SafePath.Join(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);

            // An executable model file is copied: the mode belongs to the file, and so to the blob, not to the name.
            if (!mayLink || file.Executable || blobs.FindLocalPath(file.Digest) is not { } local || !LibC.TryHardLink(local, path))
            {
                await CopyAsync(file, path, cancellationToken);
            }
        }

        return manifest.Files.Count;
    }

    private async Task CopyAsync(ManifestFile file, string path, CancellationToken cancellationToken)
    {
        await using (var source = await blobs.OpenReadAsync(file.Digest, cancellationToken))
        await using (var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, useAsync: true))
        {
            await source.CopyToAsync(target, cancellationToken);
        }

        if (file.Executable)
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | Executable);
        }
    }
}
