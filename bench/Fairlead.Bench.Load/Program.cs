using System.Globalization;
using Fairlead.Bench.Load.Routing;

// fairlead-bench-load routing SECONDS SERVICE_MS: see the script of that name in bench/. FAIRLEADD names the server's binary.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["routing", var seconds, var milliseconds] => await RoutingBench.RunAsync(Number(seconds), Number(milliseconds) / 1000),
    _ => Usage(),
};

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: routing SECONDS SERVICE_MS");
    return 2;
}
