using Fairlead.Contracts.Computes;
using Microsoft.AspNetCore.DataProtection;

namespace Fairlead.Workspace.Computes;

/// <summary>Keeps kubeconfigs encrypted.</summary>
internal sealed class ComputeSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Fairlead.Kubeconfigs");

    public string Protect(string kubeconfig) => _protector.Protect(kubeconfig);

    public string Reveal(ComputeRow row) => _protector.Unprotect(row.Kubeconfig);

    /// <summary>The attachment with its kubeconfig.</summary>
    public ClusterAttachment AttachmentOf(ComputeRow row) => row.Settings() with { Kubeconfig = Reveal(row) };
}
