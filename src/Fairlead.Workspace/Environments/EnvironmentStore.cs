using System.Globalization;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Environments;

/// <summary>Registers and finds environments.</summary>
internal sealed class EnvironmentStore(WorkspaceDb db, TimeProvider time)
{
    private static readonly string[] Reserved = ["Microsoft", "AzureML"];

    public async Task<EnvironmentDto> RegisterAsync(
        string name, EnvironmentDefinition given, CancellationToken cancellationToken)
    {
        // A section given as null is one left out.
        given = given with { Python = given.Python ?? new(), Docker = given.Docker ?? new() };
        Check(name, given);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var newest = await FindAsync(name, null, cancellationToken);
        if (newest is not null && JsonOf(given, name, newest.Version) == newest.DefinitionJson)
        {
            return ToDto(newest);
        }

        var version = (newest?.Version ?? 0) + 1;
        var row = new EnvironmentRow
        {
            Name = name,
            Version = version,
            DefinitionJson = JsonOf(given, name, version),
            Hash = EnvironmentHash.Of(given),
            CreatedTime = time.GetUtcNow(),
        };
        db.Environments.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ToDto(row);
    }

    /// <summary>A version, or the newest.</summary>
    public async Task<EnvironmentDto> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        long? number = null;
        if (version is not null)
        {
            number = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw FairleadException.InvalidArgument("version", version, "a number");
        }

        return await FindAsync(name, number, cancellationToken) is { } row
            ? ToDto(row)
            : throw NotFound(version is null ? $"There is no environment '{name}'" : $"There is no version '{version}' of environment '{name}'");
    }

    /// <summary>The newest of each name, by name.</summary>
    public IQueryable<EnvironmentRow> Newest(string? after) => db.Environments.AsNoTracking()
        .Where(row => !db.Environments.Any(other => other.Name == row.Name && other.Version > row.Version))
        .Where(row => after == null || string.Compare(row.Name, after) > 0)
        .OrderBy(row => row.Name);

    public async Task<IReadOnlyList<EnvironmentDto>> VersionsAsync(string name, CancellationToken cancellationToken)
    {
        var rows = await db.Environments.AsNoTracking().Where(row => row.Name == name)
            .OrderByDescending(row => row.Version).ToListAsync(cancellationToken);
        return rows.Count > 0 ? [.. rows.Select(ToDto)] : throw NotFound($"There is no environment '{name}'");
    }

    public static EnvironmentDto ToDto(EnvironmentRow row) => new(
        row.Name,
        row.Version.ToString(CultureInfo.InvariantCulture),
        Json.Read(row.DefinitionJson, ContractsJson.Default.EnvironmentDefinition),
        row.Hash,
        row.CreatedTime);

    private Task<EnvironmentRow?> FindAsync(string name, long? version, CancellationToken cancellationToken) =>
        db.Environments.AsNoTracking().Where(row => row.Name == name && (version == null || row.Version == version))
            .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken);

    private static string JsonOf(EnvironmentDefinition definition, string name, long version) => JsonSerializer.Serialize(
        definition with { Name = name, Version = version.ToString(CultureInfo.InvariantCulture) },
        ContractsJson.Default.EnvironmentDefinition);

    private static void Check(string name, EnvironmentDefinition definition)
    {
        ModelNames.Validate(name);
        if (definition.Name is not null && definition.Name != name)
        {
            throw FairleadException.InvalidArgument("name", definition.Name, $"'{name}' as in the path, or absent");
        }

        Check(definition with { Name = name });
    }

    /// <summary>What holds for every definition, registered or sent along with a deployment (§1.4).</summary>
    public static void Check(EnvironmentDefinition definition)
    {
        if (Reserved.Any(prefix => definition.Name?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) == true))
        {
            throw FairleadException.InvalidArgument(
                "name", definition.Name, "without 'Microsoft' or 'AzureML' at its beginning; these are reserved");
        }

        if (definition.Docker is { BaseImage: not null, BaseDockerfile: not null })
        {
            throw FairleadException.InvalidArgument(
                "docker.baseDockerfile", "given", "absent while 'docker.baseImage' is given; the Dockerfile names its own base");
        }
    }

    private static FairleadException NotFound(string what) => new(
        ErrorCodes.EnvironmentNotFound, 404, what + ". GET /environments lists those there are; PUT /environments/{name} registers one.");
}
