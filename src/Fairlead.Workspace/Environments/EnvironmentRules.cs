using System.Text.Json.Nodes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Environments;

/// <summary>What an environment must be, wherever it runs (§1.4).</summary>
internal static class EnvironmentRules
{
    private const int MaxNameLength = 255;

    public static void ValidateName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength
            || name.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            throw FairleadException.InvalidArgument(
                "environment.name", name, "1 to 255 letters, digits, dashes, underscores and dots");
        }

        foreach (var reserved in (string[])["Microsoft", "AzureML"])
        {
            if (name.StartsWith(reserved, StringComparison.OrdinalIgnoreCase))
            {
                throw FairleadException.InvalidArgument(
                    "environment.name", name, $"one that does not begin with '{reserved}', which is reserved");
            }
        }
    }

    public static void Validate(EnvironmentDefinition definition)
    {
        if (definition.Docker is { BaseImage: not null, BaseDockerfile: not null })
        {
            throw FairleadException.InvalidArgument(
                "environment.docker.baseImage", definition.Docker.BaseImage, "null when baseDockerfile is given");
        }

        if (definition.InferencingStackVersion is not (null or "latest"))
        {
            throw FairleadException.InvalidArgument(
                "environment.inferencingStackVersion", definition.InferencingStackVersion, "null or 'latest'");
        }

        foreach (var name in definition.EnvironmentVariables.Keys)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            {
                throw FairleadException.InvalidArgument("environment.environmentVariables", name, "a name without '='");
            }
        }

        if (definition.Python.CondaDependencies?["dependencies"] is { } dependencies and not JsonArray)
        {
            throw FairleadException.InvalidArgument(
                "environment.python.condaDependencies.dependencies", dependencies.ToJsonString(), "a list");
        }
    }
}
