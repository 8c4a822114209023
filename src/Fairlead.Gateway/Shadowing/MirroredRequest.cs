using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Gateway.Shadowing;

/// <summary>A copy of a request to an endpoint, for its shadow versions, and what its answer was.</summary>
internal sealed class MirroredRequest : IDisposable
{
    /// <summary>Header that tells user code that nobody gets its answer: the name of the version.</summary>
    public const string Header = "x-fairlead-shadow";

    private readonly HeaderDictionary _headers = [];
    private readonly string _method;
    private readonly QueryString _query;
    private readonly byte[] _body;
    private readonly HashingBody _answer;

    private MirroredRequest(
        HttpContext context, string endpoint, PathString path, byte[] body, RequestIds ids, IReadOnlyList<VersionShare> versions)
    {
        Endpoint = endpoint;
        Path = path;
        Ids = ids;
        Versions = versions;
        _method = context.Request.Method;
        _query = context.Request.QueryString;
        _body = body;
        foreach (var (name, value) in context.Request.Headers)
        {
            _headers[name] = value;
        }

        _answer = new HashingBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(_answer);
    }

    public string Endpoint { get; }

    public PathString Path { get; }

    public RequestIds Ids { get; }

    /// <summary>Those that get a copy.</summary>
    public IReadOnlyList<VersionShare> Versions { get; }

    public int Bytes => _body.Length;

    /// <summary>The answer that the client got: hashed while it is written.</summary>
    public byte[] AnswerHash() => _answer.Hash();

    /// <summary>Null when its body is not held: it was sent in chunks, or is larger than what is kept for another attempt.</summary>
    public static MirroredRequest? TryCopy(
        HttpContext context, string endpoint, PathString path, ScoringBody body, RequestIds ids, IReadOnlyList<VersionShare> versions)
    {
        var whole = body.Whole;
        return whole.IsEmpty && ScoringBody.IsIn(context) ? null : new MirroredRequest(context, endpoint, path, whole.ToArray(), ids, versions);
    }

    /// <summary>The request as a gateway would have got it, for one version.</summary>
    public DefaultHttpContext ToContext(VersionShare version, IHttpResponseBodyFeature answer)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = _method;
        context.Request.QueryString = _query;
        foreach (var (name, value) in _headers)
        {
            context.Request.Headers[name] = value;
        }

        context.Request.Headers[Header] = version.Name;
        context.Features.Set(answer);
        return context;
    }

    public ScoringBody ToBody(RequestRecord record) => ScoringBody.Of(_body, record);

    public void Dispose() => _answer.Dispose();
}
