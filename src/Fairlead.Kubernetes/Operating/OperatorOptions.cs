using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Settings of <c>fairleadd operator</c>.</summary>
public sealed class OperatorOptions
{
    public const string SectionName = "Operator";

    /// <summary>Fairlead's own image, which replicas take the scoring host from. Required.</summary>
    [Required]
    public string Image { get; set; } = "";

    /// <summary>Names of Secrets with credentials for <see cref="Image"/>, in the services' namespaces.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; set; } = [];

    /// <summary>Only services of this namespace; null: of all.</summary>
    public string? WatchNamespace { get; set; }

    /// <summary>Namespace of the gateways, whose requests are admitted to replicas; null: gateways of any namespace.</summary>
    public string? GatewayNamespace { get; set; }

    /// <summary>Namespace of the Lease by which one of several operators works. Default <c>fairlead-system</c>.</summary>
    [Required]
    public string LeaseNamespace { get; set; } = "fairlead-system";

    /// <summary>Name of that Lease. Default <c>fairlead-operator</c>.</summary>
    [Required]
    public string LeaseName { get; set; } = "fairlead-operator";

    /// <summary>Services worked on at a time, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 4;

    /// <summary>Each service is looked at again after this time even when nothing was heard of it. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Resync { get; set; } = TimeSpan.FromMinutes(10);
}

[OptionsValidator]
internal sealed partial class OperatorOptionsValidator : IValidateOptions<OperatorOptions>;
