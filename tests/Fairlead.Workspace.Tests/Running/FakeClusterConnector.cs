using System.Collections.Concurrent;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>Clusters in memory that keep the contract of <see cref="IClusterConnector"/>: one attachment each, by the text of
/// the kubeconfig, installed as often as asked.</summary>
internal sealed class FakeClusterConnector : IClusterConnector
{
    private readonly ConcurrentDictionary<string, string> _owners = new();

    public const string Unreadable = "not a kubeconfig";

    /// <summary>What a check finds.</summary>
    public Func<ClusterAttachment, PreflightOptions, PreflightCheck?> Finding { get; set; } = (_, _) => null;

    /// <summary>Thrown by the next installation.</summary>
    public FairleadException? InstallFails { get; set; }

    /// <summary>Held open by a test to keep an installation from ending.</summary>
    public TaskCompletionSource? Installing { get; set; }

    public ConcurrentQueue<ClusterAttachment> Installed { get; } = new();

    public bool IsInstalled(string kubeconfig) => _owners.ContainsKey(kubeconfig);

    public string ReadKubeconfig(string? kubeconfig, string? context) => kubeconfig switch
    {
        null or Unreadable => throw FairleadException.InvalidArgument("kubeconfig", null, "a kubeconfig"),
        _ => kubeconfig,
    };

    public Task<PreflightReport> CheckAsync(ClusterAttachment attachment, PreflightOptions options, CancellationToken cancellationToken)
    {
        var owner = _owners.GetValueOrDefault(attachment.Kubeconfig);
        var checks = new List<PreflightCheck> { new("Attach", "api-server", "workspace", PreflightOutcome.Pass, "answers") };
        if (owner is not null && owner != attachment.Id)
        {
            checks.Add(new("Attach", "owner", "workspace", PreflightOutcome.Fail, "attached already", "Detach it there."));
        }

        if (Finding(attachment, options) is { } finding)
        {
            checks.Add(finding);
        }

        return Task.FromResult(new PreflightReport(checks));
    }

    public async Task<ClusterFacts> InstallAsync(
        ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        await progress("Applying Namespace fairlead-system...");
        if (Installing is { } installing)
        {
            await installing.Task.WaitAsync(cancellationToken);
        }

        if (InstallFails is { } failure)
        {
            InstallFails = null;
            throw failure;
        }

        _owners[attachment.Kubeconfig] = attachment.Id;
        Installed.Enqueue(attachment);
        return new ClusterFacts
        {
            ApiServer = "https://cluster.test:6443",
            KubernetesVersion = "v1.30.0",
            Nodes = 3,
            GatewayUrl = "http://gateway.cluster.test",
        };
    }

    public Task<IReadOnlyList<string>> ListInstalledAsync(ClusterAttachment attachment, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(IsInstalled(attachment.Kubeconfig) ? ["Deployment fairlead-system/fairlead-operator", "Namespace fairlead-system"] : []);

    public async Task UninstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        await progress("Removing Namespace fairlead-system...");
        _owners.TryRemove(attachment.Kubeconfig, out _);
    }

    /// <summary>The targets that were opened, by name; the newest of each.</summary>
    public ConcurrentDictionary<string, FakeComputeTarget> Opened { get; } = new();

    public IComputeTarget Open(ClusterAttachment attachment, ClusterFacts facts) =>
        Opened[attachment.Name] = new FakeComputeTarget { Name = attachment.Name, GatewayUrl = facts.GatewayUrl };
}
