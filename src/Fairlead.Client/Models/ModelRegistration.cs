using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Models;

/// <summary>A model to register (§1.2).</summary>
public sealed record ModelRegistration
{
    /// <summary>See <see cref="ModelNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>A file, or a folder that is uploaded whole.</summary>
    public required string Path { get; init; }

    public string? Description { get; init; }

    /// <summary>A value of <see cref="ModelFrameworks"/>, in any case.</summary>
    public string? Framework { get; init; }

    public string? FrameworkVersion { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>What a service with this model needs when its deployment does not say.</summary>
    public ContainerResourceRequirements? ResourceRequirements { get; init; }

    public string? RunId { get; init; }

    public string? ExperimentName { get; init; }
}
