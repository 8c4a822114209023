using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Naming;
using Fairlead.Client.Snapshots;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Deploying;

/// <summary>Checks what is to run on this side, then uploads it.</summary>
internal static class ImageUpload
{
    /// <summary>The files to upload and the script's path among them; null without an entry script.</summary>
    public static (SnapshotFiles Files, string Script)? Check(DeploymentImage image, VerbContext context)
    {
        var options = new SnapshotOptions { UseIgnoreFiles = image.UseIgnoreFiles };
        if (image.SourceDirectory is null)
        {
            if (image.EntryScript is null)
            {
                return null;
            }

            // v1 uploads the entry script alone then; its path is one on this machine.
            var path = Path.GetFullPath(image.EntryScript, context.Host.CurrentDirectory);
            var beside = Path.GetFullPath(image.EntryScript, image.BaseDirectory);
            var single = SnapshotBuilder.OfFile(image.IsScriptOfConfig && File.Exists(beside) ? beside : path, options);
            return (single, single.Files[0].Path);
        }

        var files = SnapshotBuilder.Build(image.SourceDirectory, options);
        if (image.EntryScript is null)
        {
            throw FairleadException.InvalidArgument(
                "entry script", null, $"given with source directory '{image.SourceDirectory}': --es FILE, or entryScript in the inference config file");
        }

        var script = image.EntryScript.Replace('\\', '/');
        script = script.StartsWith("./", StringComparison.Ordinal) ? script[2..] : script;
        if (Path.IsPathRooted(script))
        {
            script = Path.GetRelativePath(files.Root, script);
        }

        if (files.Files.Any(file => file.Path == script))
        {
            return (files, script);
        }

        var scripts = files.Files.Select(file => file.Path).Where(path => path.EndsWith(".py", StringComparison.Ordinal)).ToList();
        throw new FairleadException(
            ErrorCodes.EntryScriptNotFound,
            400,
            files.WhyIgnored(script) is { } reason
                ? $"entry script '{script}' is left out of the snapshot by {reason}; take it out of {files.IgnoreFile}, or give --no-ignore"
                : $"entry script '{script}' is not in source directory '{files.Root}'{NearestName.Hint(script, scripts)}"
                    + $"; its Python files are: {(scripts.Count == 0 ? "none" : string.Join(", ", scripts.Take(10)))}");
    }

    public static async Task<EnvironmentImageRequest> UploadAsync(
        DeploymentImage image, (SnapshotFiles Files, string Script)? source, VerbContext context, CancellationToken cancellationToken)
    {
        string? url = null;
        if (source is { Files: var files })
        {
            context.Note($"snapshot of {files.Root}: {files.Files.Count} files, {TransferBar.Size(files.SizeBytes)}, "
                + $"{files.Ignored.Count} entries left out by {files.IgnoreFile ?? "no ignore file"}");
            var asset = await TransferBar.RunAsync(
                context.Terminal, "upload of the source", progress => context.Client.Snapshots.CreateAsync(files, progress, cancellationToken));
            url = asset.Url;
        }

        return new EnvironmentImageRequest
        {
            DriverProgram = source?.Script,
            SnapshotUrl = url,
            ModelIds = image.Models,
            Environment = image.Environment,
            EnvironmentReference = image.EnvironmentReference,
        };
    }
}
