using System.CommandLine;
using Fairlead.Host.Hosting;

namespace Fairlead.Host.GatewayRole;

/// <summary><c>fairleadd gateway</c>: a gateway alone in a process, in front of replicas that a file names, or of a cluster's pods.</summary>
internal static class GatewayVerb
{
    private const int DefaultPort = 8480;

    public static Command Create()
    {
        var routes = new Option<string>("--routes")
        {
            Description = "JSON file with the services and their replicas; read again when it changes.",
            HelpName = "FILE",
        };
        var kubernetes = new Option<bool>("--kubernetes")
        {
            Description = "Services are the ScoringService objects of a cluster, replicas its pods.",
        };
        var kubeconfig = new Option<string>("--kubeconfig")
        {
            Description = "How to reach the cluster. Default: the service account inside a cluster, else $KUBECONFIG, else ~/.kube/config.",
            HelpName = "FILE",
        };
        var context = new Option<string>("--context") { Description = "Context of the kubeconfig.", HelpName = "NAME" };
        var ns = new Option<string>("--namespace")
        {
            Description = "With --kubernetes: services of this namespace only. Default: of all.",
            HelpName = "NAME",
        };
        var peersSecret = new Option<string>("--peers-secret")
        {
            Description = "With --kubernetes: the Secret with the key that all gateways share; the first one makes it.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "fairlead-gateway-peers",
        };
        var drain = RoleOptions.Drain();
        var bind = RoleOptions.Bind("0.0.0.0, or * for IPv6 too,");
        var port = RoleOptions.Port("--port", "Port of the scoring URLs; 0 for any free one.", DefaultPort);
        var command = new Command(
            "gateway", "Runs a gateway in front of replicas that a file names, or of a cluster's pods, until SIGTERM. Several share their queues.")
        {
            routes, kubernetes, kubeconfig, context, ns, peersSecret, bind, port, drain,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kubernetes) == (result.GetValue(routes) is not null))
            {
                result.AddError("Give one of '--routes FILE' and '--kubernetes'.");
            }
        });
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => GatewayRun.RunAsync(
            result.GetValue(routes) is { } file
                ? new FileRoutes(Path.GetFullPath(file))
                : new ClusterRoutes(result.GetValue(kubeconfig), result.GetValue(context), result.GetValue(ns), result.GetValue(peersSecret)!),
            result.GetValue(bind)!, result.GetValue(port), TimeSpan.FromSeconds(result.GetValue(drain)), cancellationToken)));
        return command;
    }
}
