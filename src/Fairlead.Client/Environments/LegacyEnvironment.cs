using Fairlead.Client.Configuration;
using Fairlead.Client.Models;
using Fairlead.Contracts.Environments;

namespace Fairlead.Client.Environments;

/// <summary>An environment from the flags of the time before environments: conda file, base image, Docker steps.</summary>
public static class LegacyEnvironment
{
    /// <summary>Null when nothing is given.</summary>
    public static EnvironmentDefinition? Build(
        string? condaFile, string? baseImage, string? registryAddress, string? dockerSteps, bool? gpu)
    {
        if (condaFile is null && baseImage is null && registryAddress is null && dockerSteps is null && gpu is not true)
        {
            return null;
        }

        if (dockerSteps is not null && !File.Exists(dockerSteps))
        {
            throw MissingPath.Error("file of Docker steps", dockerSteps);
        }

        var definition = LegacyImage.Build(
            condaFile is null ? null : CondaFile.Read(condaFile), baseImage, dockerSteps, registry: null, gpu);
        return registryAddress is null
            ? definition
            : definition with
            {
                Docker = definition.Docker with { BaseImageRegistry = new BaseImageRegistry { Address = registryAddress } },
            };
    }
}
