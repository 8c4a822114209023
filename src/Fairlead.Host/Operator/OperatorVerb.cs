using System.CommandLine;
using Fairlead.Host.Hosting;

namespace Fairlead.Host.Operator;

/// <summary><c>fairleadd operator</c>: turns ScoringService objects of a cluster into what runs.</summary>
internal static class OperatorVerb
{
    private const int DefaultHealthPort = 8081;

    public static Command Create()
    {
        var image = new Option<string>("--image")
        {
            Description = "Fairlead's own image, which replicas take the scoring host from. Default: the image of the pod this runs in.",
            HelpName = "IMAGE",
        };
        var kubeconfig = new Option<string>("--kubeconfig")
        {
            Description = "How to reach the cluster. Default: the service account inside a cluster, else $KUBECONFIG, else ~/.kube/config.",
            HelpName = "FILE",
        };
        var context = new Option<string>("--context") { Description = "Context of the kubeconfig.", HelpName = "NAME" };
        var healthPort = RoleOptions.Port("--health-port", "Port of /healthz and /readyz; 0 for any free one.", DefaultHealthPort);
        var command = new Command("operator", "Runs the operator of a Kubernetes cluster, until SIGTERM.") { image, kubeconfig, context, healthPort };
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => OperatorApp.RunAsync(
            result.GetValue(image), result.GetValue(kubeconfig), result.GetValue(context), result.GetValue(healthPort), cancellationToken)));
        return command;
    }
}
