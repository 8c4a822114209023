namespace Fairlead.Workspace.Services;

/// <summary>What a service should be. What it is, only its compute target knows.</summary>
internal sealed class ServiceRow
{
    public required string Name { get; set; }

    public required string ComputeType { get; set; }

    public required string ComputeName { get; set; }

    /// <summary>Raised by one with every change of <see cref="SpecJson"/>.</summary>
    public long Generation { get; set; }

    /// <summary>The <c>ScoringServiceSpec</c> of the generation.</summary>
    public string SpecJson { get; set; } = "";

    /// <summary>What the user asked for, as <c>ServiceSettingsDto</c>; updates are patches of it.</summary>
    public string SettingsJson { get; set; } = "";

    /// <summary>Encrypted.</summary>
    public required string PrimaryKey { get; set; }

    /// <summary>Encrypted.</summary>
    public required string SecondaryKey { get; set; }

    /// <summary>Error of the newest operation; null when it succeeded or runs.</summary>
    public string? ErrorJson { get; set; }

    /// <summary>The newest operation.</summary>
    public string OperationId { get; set; } = "";

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset UpdatedTime { get; set; }

    public List<ServiceModelRow> Models { get; set; } = [];
}
