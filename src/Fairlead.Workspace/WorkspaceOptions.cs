using System.ComponentModel.DataAnnotations;
using Fairlead.Contracts.Api;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace;

/// <summary>Settings of the workspace, section <c>Workspace</c>.</summary>
public sealed class WorkspaceOptions
{
    public const string SectionName = "Workspace";

    /// <summary>Folder of the database, blobs, keys and the admin token.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>The three ids in the paths of its API (§6.2).</summary>
    [Required]
    public string SubscriptionId { get; set; } = Routes.DefaultSubscription;

    [Required]
    public string ResourceGroup { get; set; } = Routes.DefaultResourceGroup;

    [Required]
    public string Name { get; set; } = Routes.DefaultWorkspace;

    /// <summary>Longest deployment. Default 20 minutes (§1.7).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DeploymentTimeout { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Largest snapshot in bytes. Default 300 MB (§7.1).</summary>
    [Range(1, long.MaxValue)]
    public long SnapshotMaxBytes { get; set; } = 300L << 20;

    /// <summary>Most files in a snapshot. Default 2000 (§7.1).</summary>
    [Range(1, int.MaxValue)]
    public int SnapshotMaxFiles { get; set; } = 2000;
}

[OptionsValidator]
internal sealed partial class WorkspaceOptionsValidator : IValidateOptions<WorkspaceOptions>;
