using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>Runs kubectl.</summary>
internal static class Kubectl
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <returns>Its standard output; a failure is an exception with its standard error.</returns>
    public static Task<string> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <param name="input">Its standard input; null for none.</param>
    public static async Task<string> RunAsync(string? input, string[] arguments)
    {
        var (code, output, error) = await TryAsync(input, arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}: {error}");
        return output;
    }

    public static async Task<(int Code, string Output, string Error)> TryAsync(string? input, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var process = Start(arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public static Task ApplyAsync(string yaml) => RunAsync(yaml, ["apply", "-f", "-"]);

    public static async Task<JsonNode> GetAsync(params string[] arguments) =>
        JsonNode.Parse(await RunAsync(["get", .. arguments, "-o", "json"]))!;

    /// <summary>Waits for what a watch shows. A watch that ends is begun again.</summary>
    /// <param name="path">Path of a collection on the API server.</param>
    /// <param name="query">For example <c>fieldSelector=metadata.name=iris</c>.</param>
    /// <param name="what">What is waited for, for the message when it does not come.</param>
    public static async Task<JsonNode> WaitForAsync(
        string path, string query, string what, Func<string, JsonNode, bool> isSo, TimeSpan limit)
    {
        var last = new StringBuilder("nothing was seen");
        using var cancel = new CancellationTokenSource(limit);
        while (true)
        {
            using var process = Start(["get", "--raw", $"{path}?watch=true&{query}"]);
            try
            {
                while (await process.StandardOutput.ReadLineAsync(cancel.Token) is { } line)
                {
                    var change = JsonNode.Parse(line)!;
                    last.Clear().Append(change["object"]?["status"]?.ToJsonString() ?? line);
                    if (isSo((string)change["type"]!, change["object"]!))
                    {
                        return change["object"]!;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what} did not come within {limit.TotalSeconds} s; last seen: {last}");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
    }

    public static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
