using System.Net;
using System.Net.Http.Headers;
using Fairlead.Client.Http;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Gateways;

/// <summary>One gateway, asked by itself: it need not belong to a workspace that can be reached.</summary>
/// <param name="gateway">Its URL.</param>
/// <param name="token">The token of its <c>Gateway:AdminTokenFile</c>.</param>
public sealed class GatewayClient(Uri gateway, string? token) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new() { Timeout = Limit };

    /// <summary>What it knows of other gateways, services, queues and leases.</summary>
    /// <exception cref="FairleadApiException">It does not take the token, or has no status to show.</exception>
    /// <exception cref="ServerUnreachableException">It does not answer.</exception>
    public async Task<GatewayStatusDto> StatusAsync(CancellationToken cancellationToken)
    {
        var url = new Uri(gateway, Routes.GatewayStatus);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ServerUnreachableException(url, exception);
        }

        using (response)
        {
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await WorkspaceConnection.ReadAsync(
                    response, ContractsJson.Default.GatewayStatusDto, cancellationToken),
                HttpStatusCode.Unauthorized => throw new FairleadApiException(
                    response.StatusCode,
                    "Unauthorized",
                    $"the gateway at {gateway} did not take the token; give that of its Gateway:AdminTokenFile with "
                    + "FAIRLEAD_GATEWAY_TOKEN",
                    []),
                HttpStatusCode.NotFound => throw new FairleadApiException(
                    response.StatusCode,
                    "NotFound",
                    $"the gateway at {gateway} shows no status; set its Gateway:AdminTokenFile",
                    []),
                _ => throw await WorkspaceConnection.RefusalAsync(response, cancellationToken),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
