using System.Globalization;
using Fairlead.Bench.Load.Autoscaling;
using Fairlead.Bench.Load.Faults;
using Fairlead.Bench.Load.Routing;
using Fairlead.Bench.Load.Running;
using Fairlead.Bench.Load.Scale;

// fairlead-bench-load VERB …: see the script of that name in bench/. FAIRLEADD names the server's binary.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["routing", var seconds, var milliseconds] => await RoutingBench.RunAsync(Number(seconds), Number(milliseconds) / 1000),
    ["faults"] => await FaultBench.RunAsync(null),
    ["faults", var fault] => await FaultBench.RunAsync(fault),
    ["autoscaling"] => await AutoscalingBench.RunAsync(),
    ["scale", var seconds] => await ScaleBench.RunAsync(Number(seconds)),
    ["soak", var minutes] => await FaultBench.SoakAsync(Number(minutes)),
    ["replica", var port] => await ServeAsync(int.Parse(port, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

static async Task<int> ServeAsync(int port)
{
    await ReplicaProcess.ServeAsync(port);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: routing SECONDS SERVICE_MS | faults [FAULT] | autoscaling | scale SECONDS | soak MINUTES | replica PORT");
    return 2;
}
