using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Sharing;

/// <summary>Whether other processes serve the same workspace.</summary>
/// <param name="IsShared">Several share a PostgreSQL database and a blob store; else this one has its database alone.</param>
internal sealed record WorkspaceRole(bool IsShared);

/// <summary>What a workspace that is shared cannot be without.</summary>
internal sealed class SharedOptionsRules(WorkspaceRole role) : IValidateOptions<WorkspaceOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkspaceOptions options)
    {
        if (!role.IsShared)
        {
            return string.IsNullOrEmpty(options.AdminTokenFile)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    "'Workspace:AdminTokenFile' is for 'fairleadd workspace'; 'fairleadd up' keeps its token in the data folder.");
        }

        var failures = new List<string>();
        if (!options.Database.IsPostgres)
        {
            failures.Add("'Workspace:Database:ConnectionString' is missing: workspaces that share their work keep their metadata in PostgreSQL.");
        }

        if (!options.Blobs.Azure.IsGiven && !options.Blobs.S3.IsGiven)
        {
            failures.Add("'Workspace:Blobs:Azure' or 'Workspace:Blobs:S3' is missing: workspaces that share their work keep contents where all reach them.");
        }

        if (string.IsNullOrEmpty(options.AdminTokenFile))
        {
            failures.Add("'Workspace:AdminTokenFile' is missing: workspaces that share their work take the same token.");
        }

        return failures.Count > 0
            ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
