using Fairlead.Contracts.Environments;

namespace Fairlead.Client.Configuration;

/// <summary>inferenceconfig.json (§2.4).</summary>
public sealed record InferenceConfig
{
    /// <summary>Relative to <see cref="SourceDirectory"/> when there is one.</summary>
    public string? EntryScript { get; init; }

    /// <summary>Full path; null when only the entry script is uploaded.</summary>
    public string? SourceDirectory { get; init; }

    /// <summary>Folder of the file; what it names is looked for here first, then in the current folder.</summary>
    public required string BaseDirectory { get; init; }

    public EnvironmentDefinition? Environment { get; init; }

    public string? Description { get; init; }

    /// <summary>What the file says that has no effect here.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a JSON or YAML file, of the present or the legacy form.</summary>
    public static InferenceConfig Read(string path) => InferenceConfigReader.Read(
        LenientFile.Read("inference config file", path),
        Path.GetFileName(path),
        Path.GetDirectoryName(Path.GetFullPath(path))!);
}
