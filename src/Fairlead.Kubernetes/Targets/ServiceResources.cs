using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Targets;

/// <summary>Writes what a workspace wants as a <see cref="ScoringServiceResource"/>.</summary>
internal sealed class ServiceResources(ClusterAttachment attachment, IBlobSource blobs)
{
    /// <summary>The list of files is a variable of a program, which Linux limits to 128 KB; an entry has about 400 bytes.</summary>
    private const int MostFiles = 250;

    private const string VariablePrefix = "FILES_";

    public static string FilesSecretOf(string service) => service + "-files";

    /// <summary>The variable in URLs, and key in the Secret, with the right to read a manifest's files.</summary>
    public static string VariableOf(string manifest) => VariablePrefix + Digest.Hex(manifest);

    /// <summary>The manifest whose right a key of the Secret is; null when it is none.</summary>
    public static string? ManifestOf(string variable) =>
        variable.StartsWith(VariablePrefix, StringComparison.Ordinal) && Digest.IsValid(Digest.Prefix + variable[VariablePrefix.Length..])
            ? Digest.Prefix + variable[VariablePrefix.Length..] : null;

    /// <summary>The manifests of a service.</summary>
    public static IReadOnlyList<string> ManifestsOf(ScoringServiceSpec spec) =>
        [.. spec.Models.Select(model => model.Manifest).Append(spec.SnapshotManifest).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <exception cref="FairleadException">It cannot run in a cluster; the message says what to change.</exception>
    public async Task<ScoringServiceResource> BuildAsync(
        ScoringService service, ScoringServiceResource? existing, CancellationToken cancellationToken)
    {
        var spec = service.Spec;
        var count = 0;
        var environment = ContainerEnvironment.Of(spec);
        return new ScoringServiceResource
        {
            Metadata = new V1ObjectMeta
            {
                Name = service.Name,
                NamespaceProperty = attachment.Namespace,
                Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy },
                Annotations = new Dictionary<string, string>
                {
                    [Names.GenerationAnnotation] = FormattableString.Invariant($"{service.Generation}"),
                    [Names.AttachmentAnnotation] = attachment.Id,
                },
            },
            Spec = new ScoringServiceResourceSpec(spec)
            {
                Replicas = ReplicasOf(spec, existing),
                Source = spec.SnapshotManifest is { } snapshot ? new FileSet { Files = await FilesAsync(snapshot) } : null,
                Models = await ModelsAsync(),
                FilesSecret = FilesSecretOf(service.Name),
                Image = environment.Image,
                Python = environment.Python,
                EnvironmentVariables = environment.Variables,
                AutoScaler = spec.AutoScaler with { AutoscaleEnabled = spec.IsAutoscaled },
                KeysSecret = Names.KeysSecret(service.Name),
                Traffic = spec.Traffic is { } split ? TrafficSource.Of(split) : null,
            },
        };

        async Task<List<ModelSource>> ModelsAsync()
        {
            var models = new List<ModelSource>();
            foreach (var model in spec.Models)
            {
                models.Add(new ModelSource
                {
                    Name = model.Name,
                    Version = model.Version,
                    Framework = model.Framework,
                    Files = await FilesAsync(model.Manifest),
                });
            }

            return models;
        }

        async Task<List<FileSource>> FilesAsync(string manifest)
        {
            await using var stream = await blobs.OpenReadAsync(manifest, cancellationToken);
            var files = (await JsonSerializer.DeserializeAsync(stream, ContractsJson.Default.FileManifest, cancellationToken))!.Files;
            count += files.Count;
            return count <= MostFiles
                ? [.. files.Select(file => File(manifest, file))]
                : throw new FairleadException(
                    ErrorCodes.NotSupported, 400,
                    $"The models and source of '{service.Name}' have more than {MostFiles} files, which is more than can be handed to a pod. "
                    + "Pack the model's folder into one archive that init() unpacks, or leave files out of the source directory with .amlignore.");
        }
    }

    private FileSource File(string manifest, ManifestFile file) => new()
    {
        Url = $"{attachment.WorkspaceUrl}{Routes.Content}/{manifest}/{file.Digest}?{Routes.ContentToken}=$({VariableOf(manifest)})",
        Sha256 = Digest.Hex(file.Digest),
        Path = file.Path,
    };

    // What the autoscaler has set stays through an update; it owns the number while it is on.
    private static int ReplicasOf(ScoringServiceSpec spec, ScoringServiceResource? existing) =>
        spec.IsAutoscaled && existing is { Spec.AutoScaler.AutoscaleEnabled: true }
            ? Math.Clamp(existing.Spec.Replicas, spec.AutoScaler.MinReplicas, spec.AutoScaler.MaxReplicas)
            : spec.InitialReplicas;
}
