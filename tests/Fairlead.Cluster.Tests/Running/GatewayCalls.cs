using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>Requests to a gateway of the cluster.</summary>
internal static class GatewayCalls
{
    /// <summary>Where gateways listen.</summary>
    public const int Port = 8480;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<(HttpStatusCode Status, string Body)> ScoreAsync(PortForward gateway, string service, string? key, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/service/{service}/score")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await gateway.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <param name="isSo">Asked again and again.</param>
    /// <param name="limit">Default a minute.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(clock.Elapsed < (limit ?? Limit), "It did not come in time.");
        }
    }
}
