using System.Collections.Concurrent;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Computes;

/// <summary>The compute targets of this workspace: those of the server itself, the first of which is the default one, and the
/// clusters that are attached.</summary>
internal sealed class ComputeTargets(
    IEnumerable<IComputeTarget> targets, IDbContextFactory<WorkspaceDb> databases, ComputeSecrets secrets, IClusterConnector? connector = null)
    : IAsyncDisposable
{
    private const string LocalName = "local";

    private readonly IReadOnlyList<IComputeTarget> _targets = [.. targets];
    private readonly ConcurrentDictionary<string, Attached> _attached = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _refreshing = new(1);

    /// <summary>The targets of the server itself.</summary>
    public IReadOnlyList<IComputeTarget> BuiltIn => _targets;

    public static bool IsLocal(IComputeTarget target) => target.Name == LocalName;

    public IComputeTarget Get(string? name)
    {
        var found = name is null
            ? _targets.Count > 0 ? _targets[0] : null
            : _targets.FirstOrDefault(target => string.Equals(target.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? _attached.GetValueOrDefault(name)?.Target;
        if (found is null && _targets.Count == 0 && (name is null || Same(name, LocalName)))
        {
            throw ComputeErrors.NoLocal(_attached.Values.Select(attached => attached.Target.Name));
        }

        return found ?? throw ComputeErrors.NotFound(
            name, _targets.Select(target => target.Name).Concat(_attached.Values.Select(attached => attached.Target.Name)));
    }

    /// <summary>As <see cref="Get"/>; one that another process has just attached is there too.</summary>
    public async Task<IComputeTarget> FindAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is not null && _targets.All(target => !Same(target.Name, name)) && !_attached.ContainsKey(name))
        {
            await RefreshAsync(cancellationToken);
        }

        return Get(name);
    }

    /// <summary>Opens what has been installed since, anew when it is attached in another way, and closes what is gone.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (connector is null)
        {
            return;
        }

        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var rows = await db.Computes.AsNoTracking().ToListAsync(cancellationToken);
            var installed = rows.Where(row => row.State != ProvisioningState.Deleting && row.Facts().ApiServer.Length > 0).ToList();
            foreach (var row in installed)
            {
                var version = $"{row.SettingsJson}\n{row.FactsJson}\n{row.Kubeconfig}";
                if (_attached.TryGetValue(row.Name, out var known) && known.Version == version)
                {
                    continue;
                }

                _attached[row.Name] = new Attached(version, connector.Open(secrets.AttachmentOf(row), row.Facts()));
                await CloseAsync(known);
            }

            foreach (var name in _attached.Keys.Except(installed.Select(row => row.Name), StringComparer.OrdinalIgnoreCase).ToList())
            {
                _attached.TryRemove(name, out var gone);
                await CloseAsync(gone);
            }
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var attached in _attached.Values)
        {
            await CloseAsync(attached);
        }

        _attached.Clear();
        _refreshing.Dispose();
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static ValueTask CloseAsync(Attached? attached) =>
        attached?.Target is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;

    private sealed record Attached(string Version, IComputeTarget Target);
}
