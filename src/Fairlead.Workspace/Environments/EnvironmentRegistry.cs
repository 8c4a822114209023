using System.Globalization;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Metadata;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Environments;

/// <summary>Registered environments and their versions.</summary>
internal sealed class EnvironmentRegistry(IDbContextFactory<WorkspaceDb> databases, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _versions = new(1, 1);

    public void Dispose() => _versions.Dispose();

    /// <summary>The version there is when nothing changed, else the next one (§1.4).</summary>
    public async Task<EnvironmentRow> RegisterAsync(
        string name, EnvironmentDefinition definition, CancellationToken cancellationToken)
    {
        EnvironmentRules.ValidateName(name);
        EnvironmentRules.Validate(definition);
        await _versions.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var newest = await db.Environments.Where(row => row.Name == name)
                .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);
            var version = (newest?.Version ?? 0) + 1;
            if (newest is not null && Same(newest.Definition, definition))
            {
                return newest;
            }

            var row = new EnvironmentRow
            {
                Name = name,
                Version = version,
                Hash = EnvironmentHash.Of(definition),
                Definition = Named(definition, name, version),
                CreatedTime = time.GetUtcNow(),
            };
            db.Environments.Add(row);
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        finally
        {
            _versions.Release();
        }
    }

    public async Task<EnvironmentRow> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var versions = await db.Environments.AsNoTracking().Where(row => row.Name == name)
            .OrderByDescending(row => row.Version).ToListAsync(cancellationToken);
        var row = version is null
            ? versions.FirstOrDefault()
            : versions.Find(row => row.Version.ToString(CultureInfo.InvariantCulture) == version);
        return row ?? throw new FairleadException(
            ErrorCodes.EnvironmentNotFound, 404,
            versions.Count == 0
                ? $"There is no environment '{name}'. 'fairlead environment list' shows what is registered."
                : $"Environment '{name}' has no version '{version}'; its newest is {versions[0].Version}.");
    }

    private static bool Same(EnvironmentDefinition left, EnvironmentDefinition right) =>
        JsonSerializer.Serialize(Named(left, null, null), ContractsJson.Default.EnvironmentDefinition)
        == JsonSerializer.Serialize(Named(right, null, null), ContractsJson.Default.EnvironmentDefinition);

    private static EnvironmentDefinition Named(EnvironmentDefinition definition, string? name, int? version) =>
        definition with { Name = name, Version = version?.ToString(CultureInfo.InvariantCulture) };
}
