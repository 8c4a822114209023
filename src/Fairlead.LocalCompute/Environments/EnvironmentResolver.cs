using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Environments;

/// <summary>Turns an environment definition into an interpreter of this machine.</summary>
internal sealed class EnvironmentResolver(Interpreters interpreters, VirtualEnvironments environments, LocalComputeOptions options)
{
    /// <param name="sources">The service's working folder.</param>
    /// <exception cref="FairleadException"><c>CondaNotSupported</c>, <c>EnvironmentBuildFailed</c>, <c>InvalidArgument</c>.</exception>
    public async Task<string> ResolveAsync(
        ScoringServiceSpec spec, string sources, Action<string> log, CancellationToken cancellationToken)
    {
        if (spec.Environment is not { } environment)
        {
            return interpreters.FindDefault();
        }

        NoteDocker(environment.Docker, log);
        if (environment.Python.UserManagedDependencies)
        {
            var given = interpreters.FindGiven(environment.Python.InterpreterPath);
            log($"Interpreter: {given} (userManagedDependencies: nothing is installed)");
            return given;
        }

        var requirements = CondaSpecification.Parse(environment.Python.CondaDependencies);
        RefuseConda(requirements);
        foreach (var package in requirements.Skipped)
        {
            log($"Skipped '{package}': the scoring host of Fairlead takes its place");
        }

        var python = interpreters.FindDefault();
        await WarnOfVersionAsync(requirements, python, log, cancellationToken);
        if (!requirements.HasPackages)
        {
            log($"Interpreter: {python} (the environment asks for no packages)");
            return python;
        }

        var version = await interpreters.VersionOfAsync(python, cancellationToken);
        var hash = EnvironmentHash.Of(requirements, python + " " + version, options.SystemSitePackages, spec.SnapshotManifest);
        return await environments.GetAsync(hash, python, requirements.Pip, sources, log, cancellationToken);
    }

    private static void RefuseConda(PythonRequirements requirements)
    {
        if (requirements.CondaPackages.Count > 0)
        {
            var names = string.Join(", ", requirements.CondaPackages);
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.CondaNotSupported, 400,
                $"Local compute cannot install conda packages: {names}. Move them to the pip section of the environment, or set "
                + "userManagedDependencies to true and interpreterPath to an interpreter that has them.",
                [.. requirements.CondaPackages.Select(package => new ErrorDetail(
                    ErrorCodes.CondaNotSupported, $"'{package}' is a conda package",
                    "environment.python.condaDependencies.dependencies"))]));
        }
    }

    private static void NoteDocker(DockerSection docker, Action<string> log)
    {
        if (docker.BaseDockerfile is not null)
        {
            log("Note: docker.baseDockerfile is ignored: local compute runs processes, not containers");
        }

        if (docker.BaseImage is { } image)
        {
            log($"Note: docker.baseImage '{image}' is ignored: local compute runs processes, not containers");
        }
    }

    private async Task WarnOfVersionAsync(
        PythonRequirements requirements, string python, Action<string> log, CancellationToken cancellationToken)
    {
        if (requirements.PythonVersion is { } wanted)
        {
            var have = await interpreters.VersionOfAsync(python, cancellationToken);
            if (have != wanted && !have.StartsWith(wanted + ".", StringComparison.Ordinal))
            {
                log($"Warning: the environment asks for Python {wanted}, and {python} is {have}; it is used all the same. "
                    + "To choose another, set userManagedDependencies and interpreterPath");
            }
        }
    }
}
