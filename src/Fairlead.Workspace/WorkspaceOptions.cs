using System.ComponentModel.DataAnnotations;
using Fairlead.Contracts.Api;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tokens;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace;

/// <summary>Settings of the workspace API, section <see cref="SectionName"/>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Workspace";

    /// <summary>Folder of everything that is kept: database, blobs, keys and admin token. Required.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>The database of metadata. Default SQLite in the data folder.</summary>
    [ValidateObjectMembers]
    public DatabaseOptions Database { get; set; } = new();

    /// <summary>The store of contents. Default a folder in the data folder.</summary>
    [ValidateObjectMembers]
    public BlobOptions Blobs { get; set; } = new();

    /// <summary>
    /// File with the management token; it must be there. Default none: <c>admin-token</c> in the data folder, made at the
    /// first start. Needed by workspaces that share their work.
    /// </summary>
    public string? AdminTokenFile { get; set; }

    /// <summary>First id of the workspace's scope (§6.2). Default <see cref="Routes.DefaultSubscription"/>.</summary>
    [Required]
    public string SubscriptionId { get; set; } = Routes.DefaultSubscription;

    /// <summary>Second id. Default <see cref="Routes.DefaultResourceGroup"/>.</summary>
    [Required]
    public string ResourceGroup { get; set; } = Routes.DefaultResourceGroup;

    /// <summary>The workspace's name, third id. Default <see cref="Routes.DefaultWorkspace"/>.</summary>
    [Required]
    public string Workspace { get; set; } = Routes.DefaultWorkspace;

    /// <summary>Largest snapshot in bytes. Default 300 MB (§7.1).</summary>
    [Range(1, long.MaxValue)]
    public long SnapshotMaxBytes { get; set; } = 300L * 1024 * 1024;

    /// <summary>Most files in a snapshot. Default 2,000 (§7.1).</summary>
    [Range(1, int.MaxValue)]
    public int SnapshotMaxFiles { get; set; } = 2000;

    /// <summary>
    /// The workspace's address as pods of attached clusters reach it, for example <c>https://fairlead.example.com</c>.
    /// Default: the address that the attaching request was sent to.
    /// </summary>
    [Url]
    public string? PublicUrl { get; set; }

    /// <summary>Fairlead's own image, which attachments install unless they name another. Default: none.</summary>
    public string? Image { get; set; }

    /// <summary>How long a deployment may take before it ends as <c>DeploymentTimedOut</c>. Default 20 minutes (§1.7).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DeploymentTimeout { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>
    /// How long an operation stays with a process that no longer renews its claim. Renewed at a third of it. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OperationLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tokens for services.</summary>
    [ValidateObjectMembers]
    public TokenOptions Tokens { get; set; } = new();
}

/// <summary>Checks the ranges above at start.</summary>
[OptionsValidator]
internal sealed partial class WorkspaceOptionsValidator : IValidateOptions<WorkspaceOptions>;

/// <summary>Checks what ranges cannot say.</summary>
internal sealed class WorkspaceOptionsRules : IValidateOptions<WorkspaceOptions>
{
    private const int ShortestToken = 20;

    public ValidateOptionsResult Validate(string? name, WorkspaceOptions options)
    {
        var failures = new List<string>();
        DatabaseOptionsRules.Check(options.Database, failures);
        BlobOptionsRules.Check(options.Blobs, failures);
        if (!string.IsNullOrEmpty(options.AdminTokenFile)
            && (!File.Exists(options.AdminTokenFile) || File.ReadAllText(options.AdminTokenFile).Trim().Length < ShortestToken))
        {
            failures.Add(
                $"'Workspace:AdminTokenFile' is '{options.AdminTokenFile}', but must be a file with a token of at least {ShortestToken} characters.");
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
