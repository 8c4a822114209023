using System.Text.Json.Nodes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Kubernetes.Targets;

/// <summary>What an environment means for a container.</summary>
/// <param name="Image">Null: Fairlead's own.</param>
/// <param name="Python">The interpreter in it.</param>
/// <param name="Variables">For user code.</param>
internal sealed record ContainerEnvironment(string? Image, string Python, IReadOnlyDictionary<string, string> Variables)
{
    private const string DefaultPython = "python3";

    /// <exception cref="FairleadException"><c>NotSupported</c>: an image would have to be built.</exception>
    public static ContainerEnvironment Of(ScoringServiceSpec spec)
    {
        var variables = new Dictionary<string, string>(spec.Environment?.EnvironmentVariables ?? new Dictionary<string, string>());
        foreach (var (name, value) in spec.EnvironmentVariables)
        {
            variables[name] = value;
        }

        if (spec.Environment is not { } environment)
        {
            return new ContainerEnvironment(null, DefaultPython, variables);
        }

        if (environment.Docker.BaseDockerfile is not null)
        {
            throw NotSupported("environment.docker.baseDockerfile", "Images are not built from a Dockerfile yet");
        }

        var isManaged = environment.Python.UserManagedDependencies;
        if (!isManaged && NeedsPackages(environment.Python.CondaDependencies))
        {
            throw NotSupported(
                "environment.python.condaDependencies", "Images with the environment's packages are not built yet");
        }

        // An interpreter of its own is only meant when the user has put it there.
        return new ContainerEnvironment(
            environment.Docker.BaseImage,
            isManaged && environment.Python.InterpreterPath is not "python" ? environment.Python.InterpreterPath : DefaultPython,
            variables);
    }

    private static bool NeedsPackages(JsonObject? conda) => (conda?["dependencies"] as JsonArray ?? []).Any(dependency => dependency switch
    {
        JsonObject pip => (pip["pip"] as JsonArray ?? []).Count > 0,
        JsonValue value => value.ToString().Split('=', '<', '>', ' ')[0] is not ("python" or "pip"),
        _ => false,
    });

    private static FairleadException NotSupported(string field, string why) => new(new ErrorDocument(
        ErrorCodes.NotSupported,
        400,
        $"{why} for attached clusters. Name an image that has everything as 'docker.baseImage' (--base-image), "
        + "with 'python.userManagedDependencies' true.",
        [new ErrorDetail(ErrorCodes.NotSupported, why, field)]));
}
