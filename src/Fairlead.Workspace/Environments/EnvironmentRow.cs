namespace Fairlead.Workspace.Environments;

/// <summary>A version of a registered environment.</summary>
internal sealed class EnvironmentRow
{
    /// <summary>Rises with registration.</summary>
    public long Id { get; set; }

    public required string Name { get; set; }

    public long Version { get; set; }

    /// <summary>With name and version filled in.</summary>
    public required string DefinitionJson { get; set; }

    public required string Hash { get; set; }

    public DateTimeOffset CreatedTime { get; set; }
}
