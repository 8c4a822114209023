using System.Collections.Frozen;

namespace Fairlead.Scoring.Http;

/// <summary>Cross-origin requests of browsers, for the origins of <c>AML_CORS_ORIGINS</c>; methods GET and POST (§3.5, §3.9).
/// Headers that a script sets itself stay.</summary>
/// <param name="origins"><c>*</c>, origins (<c>https://a.example</c>), or hosts of any scheme (<c>a.example</c>).</param>
internal sealed class Cors(IEnumerable<string> origins)
{
    private const string Methods = "GET, POST";

    private readonly FrozenSet<string> _origins = origins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets the answer to this request say what a browser may do with it.</summary>
    public void Apply(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (IsAllowed(origin))
        {
            context.Response.OnStarting(AddHeadersAsync, context);
        }
    }

    private bool IsAllowed(string origin) => origin.Length > 0
        && (_origins.Contains("*") || _origins.Contains(origin)
            || Uri.TryCreate(origin, UriKind.Absolute, out var parsed)
                && (_origins.Contains(parsed.Authority) || _origins.Contains(parsed.Host)));

    private Task AddHeadersAsync(object state)
    {
        var context = (HttpContext)state;
        var request = context.Request.Headers;
        var response = context.Response.Headers;
        if (response.AccessControlAllowOrigin.Count > 0)
        {
            return Task.CompletedTask;
        }

        response.AccessControlAllowOrigin = _origins.Contains("*") ? "*" : request.Origin;
        response.Append("Vary", "Origin");
        if (HttpMethods.IsOptions(context.Request.Method) && request.AccessControlRequestMethod.Count > 0)
        {
            response.AccessControlAllowMethods = Methods;
            response.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        }

        return Task.CompletedTask;
    }
}
