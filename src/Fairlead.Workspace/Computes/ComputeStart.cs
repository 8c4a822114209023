using Microsoft.Extensions.Hosting;

namespace Fairlead.Workspace.Computes;

/// <summary>Opens the attached clusters before operations go on.</summary>
internal sealed class ComputeStart(ComputeTargets computes) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => computes.RefreshAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
