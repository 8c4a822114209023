using Fairlead.Contracts;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Changes one request and its answer on their way: path, key and request ids; a model's 500 to 502 (§4.5).</summary>
internal sealed class ScoringTransformer(PathString path, bool stripKey, RequestIds ids, CancellationTokenSource timeout)
    : HttpTransformer
{
    /// <summary>The replica refused it: nothing was run, and the client has got nothing.</summary>
    public bool Refused { get; private set; }

    /// <summary>The model answered 500.</summary>
    public bool ModelFailed { get; private set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(
            destinationPrefix, path, httpContext.Request.QueryString);
        var headers = proxyRequest.Headers;

        // The gateway has answered an expectation itself by reading the body.
        headers.Remove("Expect");
        if (stripKey)
        {
            headers.Remove("Authorization");
        }

        // Given to the replica as well, so that its log and the gateway's own answers name the same request (§3.4).
        if (!headers.Contains(RequestIds.Request))
        {
            headers.TryAddWithoutValidation(RequestIds.Request, ids.Id);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        // The answer has begun; from here only pauses are limited.
        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
        if (proxyResponse.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable
            && proxyResponse.Headers.Contains(ScoringHostHeaders.Refused))
        {
            Refused = true;
            return false;
        }

        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var response = httpContext.Response;
        response.Headers.Remove(ScoringHostHeaders.Refused);
        response.Headers.Remove(ScoringHostHeaders.AnsweredByGateway);
        ids.AddMissingTo(response.Headers);
        if (response.StatusCode == StatusCodes.Status500InternalServerError)
        {
            ModelFailed = true;
            response.StatusCode = StatusCodes.Status502BadGateway;
            if (httpContext.Features.Get<IHttpResponseFeature>() is { } feature)
            {
                feature.ReasonPhrase = null;
            }
        }

        return copyBody;
    }
}
