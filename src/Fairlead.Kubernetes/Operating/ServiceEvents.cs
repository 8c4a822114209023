using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Resources;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Tells changes of state as events, which <c>kubectl describe</c> shows. Best effort.</summary>
internal sealed partial class ServiceEvents(ClusterClient client, TimeProvider time, ILogger<ServiceEvents> logger)
{
    private const int LongestMessage = 1024;

    public Task TellAsync(ScoringServiceResource service, ScoringServiceResourceStatus status, CancellationToken cancellationToken) => TellAsync(
        service,
        status.Error?.Details is [var first, ..] ? first.Code : status.Error?.Code ?? status.State.ToString(),
        status.Error?.Message ?? status.Activity ?? status.State.ToString(),
        isBad: status.Error is not null || status.State is ServiceState.Unhealthy,
        cancellationToken);

    public async Task TellAsync(
        ScoringServiceResource service, string reason, string message, bool isBad, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            await client.CreateAsync(
                ApiKinds.Events,
                new Corev1Event
                {
                    ApiVersion = "v1",
                    Kind = "Event",
                    Metadata = new V1ObjectMeta
                    {
                        GenerateName = service.Metadata.Name + "-",
                        NamespaceProperty = service.Metadata.NamespaceProperty,
                    },
                    InvolvedObject = new V1ObjectReference
                    {
                        ApiVersion = service.ApiVersion,
                        Kind = service.Kind,
                        Name = service.Metadata.Name,
                        NamespaceProperty = service.Metadata.NamespaceProperty,
                        Uid = service.Metadata.Uid,
                    },
                    Type = isBad ? "Warning" : "Normal",
                    Reason = reason,
                    Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
                    Source = new V1EventSource { Component = "fairlead-operator" },
                    FirstTimestamp = now,
                    LastTimestamp = now,
                    Count = 1,
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException)
        {
            LogNotTold(service.Metadata.Name, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "No event could be made for service {Service}: {Reason}")]
    private partial void LogNotTold(string service, string reason);
}
