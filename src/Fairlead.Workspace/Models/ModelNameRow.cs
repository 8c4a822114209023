namespace Fairlead.Workspace.Models;

/// <summary>Hands out the versions of a name; outlives its models, so that no version is ever used twice.</summary>
internal sealed class ModelNameRow
{
    public required string Name { get; set; }

    public long LastVersion { get; set; }
}
