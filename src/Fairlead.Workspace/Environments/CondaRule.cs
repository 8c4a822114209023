using System.Text.Json.Nodes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Environments;

/// <summary>Refuses packages that only conda could install: environments are made with pip.</summary>
internal static class CondaRule
{
    public static void Check(EnvironmentDefinition environment)
    {
        if (environment.Python is not { UserManagedDependencies: false, CondaDependencies: { } conda }
            || conda["dependencies"] is not JsonArray dependencies)
        {
            return;
        }

        var packages = dependencies.OfType<JsonValue>()
            .Select(value => value.ToString().Trim())
            .Where(text => PackageName.Of(text) is not ("python" or "pip"))
            .ToList();
        if (packages.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.CondaNotSupported,
                400,
                $"The environment asks conda for {string.Join(", ", packages)}, but packages come from pip here. Move them "
                + "below 'pip:' in the conda file, or install them yourself and set 'python.userManagedDependencies' to true "
                + "with 'python.interpreterPath' naming the interpreter that has them.",
                [.. packages.Select(package => new ErrorDetail(
                    ErrorCodes.CondaNotSupported, "is a conda package", $"python.condaDependencies.dependencies: {package}"))]));
        }
    }
}
