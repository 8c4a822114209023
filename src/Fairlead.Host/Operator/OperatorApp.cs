using System.Globalization;
using Fairlead.Host.Hosting;
using Fairlead.Kubernetes.Operating;

namespace Fairlead.Host.Operator;

/// <summary>The process of an operator: the operator itself, and what the cluster probes.</summary>
internal static class OperatorApp
{
    public static async Task<int> RunAsync(
        string? image, string? kubeconfig, string? context, int healthPort, CancellationToken cancellationToken)
    {
        using var client = ClusterAccess.Open(kubeconfig, context);
        image ??= await OwnImage.FindAsync(client, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.Services.AddSingleton(client);
        builder.Services.AddFairleadOperator();
        builder.Services.Configure<OperatorOptions>(options => options.Image = image);
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://*:{healthPort}"));

        await using var app = builder.Build();
        var run = app.Services.GetRequiredService<OperatorRun>();
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/readyz", () => run.Watching.IsCompleted ? Results.Text("ok") : Results.Text("listing", statusCode: 503));
        await RunUntilSignalAsync(app, run, healthPort, cancellationToken);
        return run.ExecuteTask is { IsFaulted: true } ? ExitCodes.Error : ExitCodes.Ok;
    }

    private static async Task RunUntilSignalAsync(WebApplication app, OperatorRun run, int healthPort, CancellationToken cancellationToken)
    {
        // The end in order gives the Lease back.
        using var stop = new StopSignals(cancellationToken);
        await app.ListenAsync("*", healthPort, "--health-port", stop.Token);
        await Task.WhenAny(run.ExecuteTask!, stop.WaitAsync());
        await app.StopAsync(CancellationToken.None);
    }
}
