using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary><c>fairlead probe</c> in a pod of the cluster, against the gateways' Service: steady requests while a test does
/// something to the cluster. It needs the API server only to begin and to end.</summary>
internal sealed class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _namespace;
    private readonly string _pod;

    private Probe(string ns, string pod) => (_namespace, _pod) = (ns, pod);

    /// <param name="cluster">Where.</param>
    /// <param name="service">Name of a service that takes keys.</param>
    /// <param name="body">Of each request.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="more">Other options of the command.</param>
    public static async Task<Probe> StartAsync(ClusterFixture cluster, string service, string body, int rate, string more = "")
    {
        var pod = "probe-" + service;
        var command = $"fairlead probe {await ClusterFixture.ScoringUrlAsync(service)} --key {await cluster.KeyAsync(service)} --rate {rate} --duration 0 "
            + $"--timeout 20s -d '{body}' {more} >/tmp/result & echo $! >/tmp/pid; wait; echo done >/tmp/ended; exec sleep 3600";
        await Kubectl.ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = cluster.Namespace },
            ["spec"] = new JsonObject
            {
                ["terminationGracePeriodSeconds"] = 0,
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "probe",
                    ["image"] = cluster.Image,
                    ["command"] = new JsonArray("sh", "-c", command),
                }),
            },
        }.ToJsonString());
        await Kubectl.RunAsync("-n", cluster.Namespace, "wait", "--for=condition=Ready", "pod/" + pod, "--timeout=60s");
        var probe = new Probe(cluster.Namespace, pod);

        // It begins a moment after its container.
        await probe.UntilAsync("grep -q . /tmp/pid");
        return probe;
    }

    /// <summary>Ends it, and gives what it prints.</summary>
    public async Task<JsonNode> StopAsync()
    {
        await UntilAsync("kill -INT $(cat /tmp/pid) 2>/dev/null; test -s /tmp/ended");
        var result = JsonNode.Parse(await ExecuteAsync("cat /tmp/result"))!;
        await Kubectl.RunAsync("-n", _namespace, "delete", "pod", _pod, "--wait=true");
        return result;
    }

    /// <summary>Ends it; a single request without an answer fails the test.</summary>
    public async Task<JsonNode> StopWithoutFailureAsync()
    {
        var result = await StopAsync();
        TestContext.Current.SendDiagnosticMessage($"{_pod}: {Summary(result)}");
        Assert.True((int)result["failed"]! == 0 && (int)result["answered"]! > 0, result.ToJsonString());
        return result;
    }

    public static string Summary(JsonNode result) =>
        $"{result["sent"]} sent, {result["failed"]} failed, p50 {result["latencyMs"]!["p50"]} ms, p99 {result["latencyMs"]!["p99"]} ms, longest gap {result["longestGapMs"]} ms at {result["longestGapAtSeconds"]} s";

    private Task<string> ExecuteAsync(string command) => Kubectl.RunAsync("-n", _namespace, "exec", _pod, "--", "sh", "-c", command);

    private async Task UntilAsync(string condition) => await ExecuteAsync(
        $"for i in $(seq {Limit.TotalSeconds * 10}); do ({condition}) && exit 0; sleep 0.1; done; exit 1");
}
