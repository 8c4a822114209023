using System.Net;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>Checks that many tests make.</summary>
internal static class Expect
{
    public static async Task<string> OwnAnswerAsync(HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal((status, reason), (response.StatusCode, Header(response, "x-fairlead-gateway")));
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(Header(response, "x-request-id"));
        Assert.NotNull(Header(response, "x-ms-request-id"));
        return body;
    }

    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>Waits until the condition holds; fails after the patience of the tests.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(GatewayFixture.Patience);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
