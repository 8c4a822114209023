using System.CommandLine;
using Fairlead.Cli.Running;
using Fairlead.Client.Computes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Computes;

/// <summary>The options that attaching and updating have in common.</summary>
internal sealed class ClusterOptions(Verb verb)
{
    private readonly Option<string?> _kubeconfig = Verb.Declare(
        verb, new Option<string?>("--kubeconfig") { HelpName = "FILE" }, "Kubeconfig with a certificate or token of a cluster administrator.");

    private readonly Option<string?> _context = Verb.Declare(
        verb, new Option<string?>("--context"), "Context of the kubeconfig. [default: its current one]");

    private readonly Option<string?> _purpose = Verb.Declare(
        verb, new Option<string?>("--cluster-purpose") { HelpName = "FastProd|DenseProd|DevTest" },
        "Production needs 3 nodes and 12 vCPUs; DevTest runs one gateway, on any cluster. [default: FastProd]");

    private readonly Option<string?> _loadBalancer = Verb.Declare(
        verb, new Option<string?>("--load-balancer-type") { HelpName = "PublicIp|InternalLoadBalancer|NodePort|ClusterIP" },
        "How the gateway is reached. [default: PublicIp]");

    private readonly Option<string?> _subnet = Verb.Declare(
        verb, new Option<string?>("--load-balancer-subnet"), "Subnet of an internal load balancer.");

    private readonly Option<string?> _image = Verb.Declare(
        verb, new Option<string?>("--image"), "Fairlead's image, as the cluster pulls it. [default: the server's setting Workspace:Image]");

    private readonly Option<string?> _workspaceUrl = Verb.Declare(
        verb, new Option<string?>("--workspace-url") { HelpName = "URL" },
        "The workspace's address as pods reach it. [default: the server's setting Workspace:PublicUrl, else the address used now]");

    private readonly Option<string?> _cname = Verb.Declare(
        verb, new Option<string?>("--ssl-cname") { HelpName = "HOST" }, "Host name that callers use; with a certificate. Its DNS record is yours.");

    private readonly Option<string?> _certificate = Verb.Declare(
        verb, new Option<string?>("--ssl-cert-file") { HelpName = "FILE" }, "PEM file with the certificate and its issuers.");

    private readonly Option<string?> _key = Verb.Declare(
        verb, new Option<string?>("--ssl-key-file") { HelpName = "FILE" }, "PEM file with the certificate's key, without a pass phrase.");

    private readonly Option<string?> _secret = Verb.Declare(
        verb, new Option<string?>("--ssl-secret") { HelpName = "NAME" },
        "Instead of files: a TLS Secret in the namespace fairlead-system, for example cert-manager's.");

    private readonly Option<bool> _plain = Verb.Declare(
        verb, new Option<bool>("--ssl-disable"), "Back to plain HTTP.");

    private readonly Option<bool> _noWait = Verb.Declare(
        verb, new Option<bool>("--no-wait"), "Return as soon as it has begun.");

    public string? Context(VerbContext context) => context.Get(_context);

    public string? Image(VerbContext context) => context.Get(_image);

    public string? WorkspaceUrl(VerbContext context) => context.Get(_workspaceUrl);

    public string? Subnet(VerbContext context) => context.Get(_subnet);

    public bool NoWait(VerbContext context) => context.Get(_noWait);

    public ClusterPurpose? Purpose(VerbContext context) => Parse<ClusterPurpose>(context, _purpose);

    public LoadBalancerType? LoadBalancer(VerbContext context) => Parse<LoadBalancerType>(context, _loadBalancer);

    /// <summary>Null when the line says nothing of TLS.</summary>
    public SslConfiguration? Ssl(VerbContext context)
    {
        var ssl = new SslConfiguration
        {
            Status = context.Get(_plain) ? "Disabled" : null,
            Cname = context.Get(_cname),
            Cert = Pem(context, _certificate),
            Key = Pem(context, _key),
            Secret = context.Get(_secret),
        };
        return ssl == new SslConfiguration() ? null : ssl;
    }

    /// <summary>The kubeconfig as the server can use it; null when the line names none.</summary>
    public string? Kubeconfig(VerbContext context)
    {
        if (context.Get(_kubeconfig) is { } path)
        {
            return KubeconfigFile.Read(Existing(context.FullPath(path)), Context(context));
        }

        return Context(context) is null ? null : throw FairleadException.InvalidArgument("--kubeconfig", null, "given together with --context");
    }

    private static string? Pem(VerbContext context, Option<string?> option) => context.Get(option) is { } path
        ? File.ReadAllText(Existing(context.FullPath(path), option.Name))
        : null;

    private static string Existing(string path, string option = "--kubeconfig") => File.Exists(path)
        ? path
        : throw FairleadException.InvalidArgument(option, path, "a file that exists");

    private static T? Parse<T>(VerbContext context, Option<string?> option)
        where T : struct, Enum =>
        context.Get(option) is not { } text ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw FairleadException.InvalidArgument(option.Name, text, "one of " + string.Join(", ", Enum.GetNames<T>()));
}
