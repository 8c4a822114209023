namespace Fairlead.Workspace.Services;

/// <summary>A model in use by a service.</summary>
internal sealed class ServiceModelRow
{
    public required string ServiceName { get; set; }

    /// <summary>Place in the service's list.</summary>
    public int Position { get; set; }

    public required string ModelName { get; set; }

    public long ModelVersion { get; set; }
}
