using Fairlead.Contracts.Computes;
using Microsoft.AspNetCore.DataProtection;

namespace Fairlead.Workspace.Computes;

/// <summary>Keeps kubeconfigs, and keys of certificates, encrypted.</summary>
internal sealed class ComputeSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Fairlead.Kubeconfigs");
    private readonly IDataProtector _keyProtector = protection.CreateProtector("Fairlead.CertificateKeys");

    public string Protect(string kubeconfig) => _protector.Protect(kubeconfig);

    public string Reveal(ComputeRow row) => _protector.Unprotect(row.Kubeconfig);

    /// <summary>The attachment as it is kept: without its kubeconfig, the key of its certificate encrypted.</summary>
    public ClusterAttachment Conceal(ClusterAttachment attachment) => attachment with
    {
        Kubeconfig = "",
        Tls = attachment.Tls is { Key: { } key } tls ? tls with { Key = _keyProtector.Protect(key) } : attachment.Tls,
    };

    /// <summary>The attachment with its kubeconfig and key.</summary>
    public ClusterAttachment AttachmentOf(ComputeRow row)
    {
        var kept = row.Settings();
        return kept with
        {
            Kubeconfig = Reveal(row),
            Tls = kept.Tls is { Key: { } key } tls ? tls with { Key = _keyProtector.Unprotect(key) } : kept.Tls,
        };
    }
}
