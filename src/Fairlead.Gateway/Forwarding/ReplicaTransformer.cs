using System.Net;
using Fairlead.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Forwarding;

/// <summary>What changes between client and replica, and back, in one attempt.</summary>
internal sealed class ReplicaTransformer(Uri replica, string path) : HttpTransformer
{
    /// <summary>The replica answered that it ran nothing; the answer was thrown away.</summary>
    public bool Refused { get; private set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        // The key opens the service; its code has no need to know it.
        proxyRequest.Headers.Remove(HeaderNames.Authorization);
        // We have asked the client to go on already, and host is the replica now.
        proxyRequest.Headers.Remove(HeaderNames.Expect);
        proxyRequest.Headers.Host = null;
        proxyRequest.RequestUri = new Uri(replica, path + httpContext.Request.QueryString);
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return true;
        }

        if (proxyResponse.StatusCode == HttpStatusCode.ServiceUnavailable
            && proxyResponse.Headers.Contains(ScoringHostHeaders.Refused))
        {
            Refused = true;
            return false;
        }

        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        httpContext.Response.Headers.Remove(ScoringHostHeaders.Refused);
        httpContext.Response.Headers.Remove(ScoringHostHeaders.AnsweredByGateway);
        if (proxyResponse.StatusCode == HttpStatusCode.InternalServerError)
        {
            // §4.5: a 500 of the model is a 502 here; body and headers stay.
            httpContext.Response.StatusCode = StatusCodes.Status502BadGateway;
            httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        }

        return true;
    }
}
