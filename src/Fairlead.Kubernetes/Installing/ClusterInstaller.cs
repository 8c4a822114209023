using System.Globalization;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Installing;

/// <summary>Puts Fairlead into a cluster, and takes out again what it has put there. Each step may be done twice.</summary>
internal sealed partial class ClusterInstaller(ClusterClient client, TimeProvider time, ILogger<ClusterInstaller> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time until roles run: a node may have to be added, and an image pulled.</summary>
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    /// <summary>Longest time until removed objects are gone.</summary>
    private static readonly TimeSpan GoneLimit = TimeSpan.FromMinutes(3);

    public async Task InstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        AttachmentMarker.RequireOwn(
            await client.FindAsync(ApiKinds.ConfigMaps, Names.SystemNamespace, AttachmentMarker.Name, cancellationToken), attachment);
        var objects = Installation.Build(attachment, await client.DiscoverAsync(cancellationToken));
        foreach (var (i, item) in objects.Index())
        {
            var address = ObjectAddress.Of(item);
            await progress(string.Create(CultureInfo.InvariantCulture, $"Applying {address} ({i + 1} of {objects.Count})..."));
            await MarkAsync(item, address, attachment, cancellationToken);
            await client.ApplyAsync(address, item, cancellationToken);
            if (item is V1CustomResourceDefinition definition)
            {
                await UntilEstablishedAsync(definition.Metadata.Name, cancellationToken);
            }
        }

        foreach (var deployment in objects.OfType<V1Deployment>())
        {
            await UntilRunningAsync(deployment.Metadata, progress, cancellationToken);
        }

        LogInstalled(attachment.Name, attachment.Image);
    }

    /// <summary>What is there and was made by the attachment, in the order of its removal.</summary>
    public async Task<IReadOnlyList<ObjectAddress>> ListAsync(ClusterAttachment attachment, CancellationToken cancellationToken)
    {
        var found = new List<ObjectAddress>();
        var candidates = Installation.Build(attachment, await client.DiscoverAsync(cancellationToken)).Select(ObjectAddress.Of).ToList();
        foreach (var address in candidates)
        {
            if (IsOf(await client.FindMetadataAsync(address, cancellationToken), attachment))
            {
                found.Add(address);
            }
        }

        // Roles first, so that they make nothing anew; then what they made; the marker and its namespace last.
        found.Reverse();
        var at = found.FindLastIndex(address => address.Kind == "Deployment") + 1;
        foreach (var address in found.Count == 0 ? [] : Installation.MadeByRoles)
        {
            if (await client.FindMetadataAsync(address, cancellationToken) is not null)
            {
                found.Insert(at, address);
            }
        }

        return found;
    }

    public async Task UninstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        AttachmentMarker.RequireOwn(
            await client.FindAsync(ApiKinds.ConfigMaps, Names.SystemNamespace, AttachmentMarker.Name, cancellationToken), attachment);
        var objects = await ListAsync(attachment, cancellationToken);
        await RefuseServicesAsync(objects, cancellationToken);
        foreach (var (i, address) in objects.Index())
        {
            await progress(string.Create(CultureInfo.InvariantCulture, $"Removing {address} ({i + 1} of {objects.Count})..."));
            await client.DeleteAsync(address, cancellationToken);
            if (address.Kind == "Deployment")
            {
                await UntilNoPodsAsync(address, cancellationToken);
            }
        }

        using var limit = new CancellationTokenSource(GoneLimit, time);
        foreach (var address in objects)
        {
            await progress($"Waiting until {address} is gone...");
            while (IsOf(await client.FindMetadataAsync(address, cancellationToken), attachment))
            {
                if (limit.IsCancellationRequested)
                {
                    throw new FairleadException(
                        ErrorCodes.InstallationFailed, 400,
                        $"{address} has been told to go, and is still there after {GoneLimit.TotalMinutes} minutes. "
                        + "See what holds it (kubectl get -o yaml: finalizers), then detach again.");
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }

        LogRemoved(attachment.Name, objects.Count);
    }

    /// <summary>Whether nothing is left of an object: a role's Lease goes by its name alone.</summary>
    private static bool IsOf(V1ObjectMeta? metadata, ClusterAttachment attachment) =>
        metadata?.Annotations is { } annotations
        && annotations.TryGetValue(Names.AttachmentAnnotation, out var id) && id == attachment.Id;

    // What was there before the attachment stays there after it.
    private async Task MarkAsync(
        IKubernetesObject<V1ObjectMeta> item, ObjectAddress address, ClusterAttachment attachment, CancellationToken cancellationToken)
    {
        var known = await client.FindMetadataAsync(address, cancellationToken);
        if (known is null || IsOf(known, attachment))
        {
            item.Metadata.Annotations = new Dictionary<string, string>(item.Metadata.Annotations ?? new Dictionary<string, string>())
            {
                [Names.AttachmentAnnotation] = attachment.Id,
            };
        }
    }

    // With the definition go all objects of its kind, those that nobody of this workspace has made, too.
    private async Task RefuseServicesAsync(IReadOnlyList<ObjectAddress> objects, CancellationToken cancellationToken)
    {
        if (objects.All(address => address.Kind != "CustomResourceDefinition"))
        {
            return;
        }

        var services = await client.ListAsync(ApiKinds.ScoringServices, new ListQuery(), cancellationToken);
        if (services.Items.Count > 0)
        {
            throw new FairleadException(
                ErrorCodes.ComputeInUse, 409,
                "There are services in the cluster, which would go with it: "
                + string.Join(", ", services.Items.Take(20).Select(service => $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}"))
                + ". Delete them first (fairlead service delete, or kubectl delete fls for those that were made with kubectl).");
        }
    }

    private async Task UntilEstablishedAsync(string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadyLimit, time);
        while (true)
        {
            var definition = await client.FindAsync(ApiKinds.Definitions, null, name, cancellationToken);
            if ((definition?.Status?.Conditions ?? []).Any(condition => condition is { Type: "Established", Status: "True" }))
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                throw Failed($"The API server does not take the definition {name}: "
                    + string.Join("; ", (definition?.Status?.Conditions ?? []).Select(condition => condition.Message)));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task UntilRunningAsync(V1ObjectMeta metadata, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadyLimit, time);
        while (true)
        {
            var deployment = await client.FindAsync(ApiKinds.Deployments, metadata.NamespaceProperty, metadata.Name, cancellationToken)
                ?? throw Failed($"Deployment {metadata.Name} has been removed while it started.");
            if (RoleProgress.IsRunning(deployment))
            {
                return;
            }

            var pods = await client.ListAsync(
                ApiKinds.Pods, new ListQuery(metadata.NamespaceProperty, SelectorOf(deployment)), cancellationToken);
            await progress(RoleProgress.Describe(deployment, pods.Items));
            if (RoleProgress.FindFailure(deployment, pods.Items, isLate: limit.IsCancellationRequested) is { } failure)
            {
                throw Failed(failure);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task UntilNoPodsAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(GoneLimit, time);
        while (!limit.IsCancellationRequested)
        {
            var pods = await client.ListAsync(ApiKinds.Pods, new ListQuery(address.Namespace, Names.RoleLabel), cancellationToken);
            if (pods.Items.All(pod => !pod.Metadata.Name.StartsWith(address.Name + "-", StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static string SelectorOf(V1Deployment deployment) =>
        string.Join(',', deployment.Spec.Selector.MatchLabels.Select(pair => $"{pair.Key}={pair.Value}"));

    private static FairleadException Failed(string message) => new(ErrorCodes.InstallationFailed, 400, message);

    [LoggerMessage(LogLevel.Information, "Installed {Image} into the cluster of compute target {Compute}")]
    private partial void LogInstalled(string compute, string image);

    [LoggerMessage(LogLevel.Information, "Removed {Count} objects from the cluster of compute target {Compute}")]
    private partial void LogRemoved(string compute, int count);
}
