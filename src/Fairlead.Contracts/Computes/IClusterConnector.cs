using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Computes;

/// <summary>
/// How a workspace attaches clusters. All members may be called from any thread, and again after a crash: each finds out
/// what has been done already.
/// </summary>
public interface IClusterConnector
{
    /// <summary>Checks a kubeconfig without using it, and reduces it to one context.</summary>
    /// <param name="kubeconfig">Its text; null or empty: the cluster that this process runs in.</param>
    /// <param name="context">Null: its current context.</param>
    /// <returns>The kubeconfig of that context alone; empty for the cluster that this process runs in.</returns>
    /// <exception cref="FairleadException"><c>InvalidArgument</c>: it cannot be used on a server.</exception>
    string ReadKubeconfig(string? kubeconfig, string? context);

    /// <summary>Checks everything that an attachment, and what runs there, needs. Changes nothing that stays.</summary>
    Task<PreflightReport> CheckAsync(ClusterAttachment attachment, PreflightOptions options, CancellationToken cancellationToken);

    /// <summary>Installs or upgrades, and returns when everything runs.</summary>
    /// <param name="progress">Told what is being done now.</param>
    /// <exception cref="FairleadException">It cannot be installed, or does not run in time.</exception>
    Task<ClusterFacts> InstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken);

    /// <summary>Every object that a detachment removes, as <c>Kind namespace/name</c>, in the order of their removal.</summary>
    Task<IReadOnlyList<string>> ListInstalledAsync(ClusterAttachment attachment, CancellationToken cancellationToken);

    /// <summary>Removes every object that the attachment has made, and returns when they are gone.</summary>
    /// <exception cref="FairleadException"><c>ComputeInUse</c>: there are services of others.</exception>
    Task UninstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken);

    /// <summary>The cluster as a place to run services; it begins to watch at once, and works whenever the cluster can be
    /// reached. Whoever opens it disposes it.</summary>
    IComputeTarget Open(ClusterAttachment attachment, ClusterFacts facts);
}
