using System.Net;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Watching;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Brings one service to what its spec says, and its status to what is seen. Idempotent: when all is well, nothing
/// is called. Deleting needs nothing: the objects go with their owner.</summary>
internal sealed partial class ServiceReconciler(
    ClusterClient client, ClusterView view, ManifestOptions manifests, ChildObjects children, KeysSecrets keys,
    ServiceEvents events, TimeProvider time, ILogger<ServiceReconciler> logger)
{
    private const string EndpointRevision = "endpoint";

    /// <returns>When to look again even though nothing was heard; null: as usual.</returns>
    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (view.Services.Find(key) is not { Metadata.DeletionTimestamp: null } service)
        {
            return null;
        }

        var problems = SpecRules.Check(service.Metadata.Name, service.Spec);
        if (problems.Count > 0)
        {
            await ReportAsync(Picture(service, null, DeploymentErrors.Invalid(problems)), cancellationToken);
            return null;
        }

        if (service.Spec.Traffic is not null)
        {
            // Gateways read the object itself; it runs nothing.
            await ReportAsync(Picture(service, EndpointRevision, await ApplyAsync(service, null, cancellationToken)), cancellationToken);
            return null;
        }

        var deployment = DeploymentManifest.Build(service, manifests, inPlace: false);
        var revision = deployment.Spec.Template.Metadata.Labels[Names.RevisionLabel];
        var (inPlace, askAgain) = InPlaceRollout.Decide(Picture(service, revision, null), time.GetUtcNow());
        if (inPlace)
        {
            deployment = DeploymentManifest.Build(service, manifests, inPlace: true);
            deployment.Metadata.Annotations = new Dictionary<string, string> { [InPlaceRollout.Annotation] = revision };
        }

        var refusal = await ApplyAsync(service, deployment, cancellationToken);
        await ReportAsync(Picture(service, revision, refusal), cancellationToken);
        return askAgain;
    }

    private async Task<ErrorDocument?> ApplyAsync(ScoringServiceResource service, V1Deployment? deployment, CancellationToken cancellationToken)
    {
        try
        {
            await keys.EnsureAsync(service, cancellationToken);
            if (deployment is null)
            {
                await children.RemoveAsync(ApiKinds.Deployments, view.Deployments, service, cancellationToken);
                await children.RemoveAsync(view.DisruptionBudgetKind, view.DisruptionBudgets, service, cancellationToken);
                await children.RemoveAsync(ApiKinds.NetworkPolicies, view.NetworkPolicies, service, cancellationToken);
                return null;
            }

            await children.EnsureAsync(
                ApiKinds.NetworkPolicies, view.NetworkPolicies, NetworkPolicyManifest.Build(service, manifests), service, cancellationToken);
            await children.EnsureAsync(
                view.DisruptionBudgetKind, view.DisruptionBudgets, DisruptionBudgetManifest.Build(service, manifests), service, cancellationToken);
            await children.EnsureAsync(ApiKinds.Deployments, view.Deployments, deployment, service, cancellationToken);
            return null;
        }
        catch (FairleadException exception)
        {
            return exception.Error;
        }
        catch (ClusterException exception) when (exception.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            return DeploymentErrors.Refused(exception.Message);
        }
    }

    private ServicePicture Picture(ScoringServiceResource service, string? revision, ErrorDocument? refusal)
    {
        var key = ObjectKey.Of(service.Metadata);
        return new ServicePicture(service, revision, view.Deployments.Find(key), view.PodsOf(key), refusal)
        {
            PodAutoscalers = view.PodAutoscalersOf(key),
        };
    }

    private async Task ReportAsync(ServicePicture picture, CancellationToken cancellationToken)
    {
        var service = picture.Service;
        var status = StatusBuilder.Build(picture, time.GetUtcNow());
        if (StatusBuilder.SaysTheSame(service.Status, status))
        {
            return;
        }

        try
        {
            await client.ReplaceStatusAsync(service, status, cancellationToken);
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return; // It was deleted meanwhile.
        }

        if (StatusBuilder.ScalerConflict(status) is { } conflict && StatusBuilder.ScalerConflict(service.Status)?.Message != conflict.Message)
        {
            await events.TellAsync(service, conflict.Reason, conflict.Message, isBad: true, cancellationToken);
        }

        if (service.Status?.State != status.State || service.Status?.Error?.Message != status.Error?.Message)
        {
            LogState(ObjectKey.Of(service.Metadata), status.State, status.Error?.Message ?? status.Activity ?? "");
            await events.TellAsync(service, status, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Service {Service} is {State}. {Why}")]
    private partial void LogState(ObjectKey service, Contracts.Services.ServiceState state, string why);
}
