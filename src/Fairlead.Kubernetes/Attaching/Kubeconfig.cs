using System.Text;
using Fairlead.Contracts.Errors;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;
using YamlDotNet.Core;

namespace Fairlead.Kubernetes.Attaching;

/// <summary>Kubeconfigs that come from somebody else: only what is in the text itself is used, never a file or a program of
/// this machine.</summary>
internal static class Kubeconfig
{
    private const string Field = "kubeconfig";
    private const int LongestBytes = 1 << 20;

    /// <summary>The kubeconfig of one context alone.</summary>
    /// <exception cref="FairleadException"><c>InvalidArgument</c> that says what is missing; never with a secret in it.</exception>
    public static string Reduce(string text, string? context)
    {
        var config = Parse(text);
        var names = (config.Contexts ?? []).Select(known => known.Name).ToList();
        var wanted = string.IsNullOrEmpty(context) ? config.CurrentContext : context;
        var chosen = (config.Contexts ?? []).FirstOrDefault(known => known.Name == wanted)
            ?? throw Wrong("context", string.IsNullOrEmpty(wanted)
                ? $"has no current context; name one of: {List(names)}"
                : $"has no context '{wanted}'; it has: {List(names)}");
        var cluster = (config.Clusters ?? []).FirstOrDefault(known => known.Name == chosen.ContextDetails?.Cluster)
            ?? throw Wrong(Field, $"has no cluster '{chosen.ContextDetails?.Cluster}', which context '{chosen.Name}' names");
        var user = (config.Users ?? []).FirstOrDefault(known => known.Name == chosen.ContextDetails?.User)
            ?? throw Wrong(Field, $"has no user '{chosen.ContextDetails?.User}', which context '{chosen.Name}' names");
        CheckCluster(cluster);
        CheckUser(user);
        return KubernetesYaml.Serialize(new K8SConfiguration
        {
            ApiVersion = "v1",
            Kind = "Config",
            CurrentContext = chosen.Name,
            Contexts = [chosen],
            Clusters = [cluster],
            Users = [user],
        });
    }

    /// <summary>How to reach the cluster of a text that <see cref="Reduce"/> has made.</summary>
    public static KubernetesClientConfiguration Read(string text) => text.Length == 0
        ? KubernetesClientConfiguration.InClusterConfig()
        : KubernetesClientConfiguration.BuildConfigFromConfigObject(Parse(text));

    /// <summary>Address of the API server of a text that <see cref="Reduce"/> has made.</summary>
    public static string ServerOf(string text) => text.Length == 0
        ? KubernetesClientConfiguration.InClusterConfig().Host
        : Parse(text).Clusters.First().ClusterEndpoint.Server;

    private static K8SConfiguration Parse(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > LongestBytes)
        {
            throw Wrong(Field, $"is larger than {LongestBytes} bytes");
        }

        try
        {
            return KubernetesYaml.Deserialize<K8SConfiguration>(text) ?? throw Wrong(Field, "is empty");
        }
        catch (Exception exception) when (exception is YamlException or KubeConfigException)
        {
            // Its text may be in the message of the parser: only the place is told.
            var place = exception is YamlException yaml ? $" at line {yaml.Start.Line}" : "";
            throw Wrong(Field, $"is no kubeconfig{place}");
        }
    }

    private static void CheckCluster(k8s.KubeConfigModels.Cluster cluster)
    {
        var server = cluster.ClusterEndpoint?.Server;
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            throw Wrong(Field, $"has '{server}' as server of cluster '{cluster.Name}', but it must be an https URL");
        }

        Refuse(cluster.ClusterEndpoint?.CertificateAuthority, "certificate-authority");
    }

    private static void CheckUser(User user)
    {
        var credentials = user.UserCredentials ?? throw Wrong(Field, $"has no credentials for user '{user.Name}'");
        if (credentials.ExternalExecution is not null || credentials.AuthProvider is not null)
        {
            throw Wrong(Field,
                $"gets the credentials of user '{user.Name}' from a program, which a server must not run. Use one with a certificate "
                + "or the token of a service account: for AKS, 'az aks get-credentials --admin --file FILE' writes it");
        }

        Refuse(credentials.ClientCertificate, "client-certificate");
        Refuse(credentials.ClientKey, "client-key");
        if (string.IsNullOrEmpty(credentials.Token) && string.IsNullOrEmpty(credentials.ClientCertificateData)
            && string.IsNullOrEmpty(credentials.UserName))
        {
            throw Wrong(Field, $"has neither token nor client certificate for user '{user.Name}'");
        }
    }

    private static void Refuse(string? path, string member)
    {
        if (!string.IsNullOrEmpty(path))
        {
            throw Wrong(Field, $"names a file as {member}; put its content in as {member}-data "
                + "(fairlead computetarget attach does so by itself, kubectl with 'config view --flatten')");
        }
    }

    private static string List(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    private static FairleadException Wrong(string field, string what) => new(new ErrorDocument(
        ErrorCodes.InvalidArgument, 400, $"The kubeconfig {what}.", [new ErrorDetail(ErrorCodes.InvalidArgument, what, field)]));
}
