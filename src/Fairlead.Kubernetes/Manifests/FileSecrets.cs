using System.Text.RegularExpressions;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>Hands values of a Secret to the container that downloads, which puts them into the URLs that name them: a value that
/// is renewed replaces no pod. Kubernetes itself could only do so in an order that server-side apply does not keep.</summary>
internal static partial class FileSecrets
{
    /// <summary>The variables of the container that downloads: those that URLs name, and the plan.</summary>
    public static List<V1EnvVar> Variables(ScoringServiceResourceSpec spec, V1EnvVar plan)
    {
        if (spec.FilesSecret is not { } secret)
        {
            return [plan];
        }

        var names = (spec.Source?.Files ?? []).Concat(spec.Models.SelectMany(model => model.Files))
            .SelectMany(file => Reference().Matches(file.Url).Select(match => match.Groups[1].Value))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return
        [
            .. names.Select(name => new V1EnvVar
            {
                Name = name,
                ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = secret, Key = name } },
            }),
            plan,
        ];
    }

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Reference();
}
