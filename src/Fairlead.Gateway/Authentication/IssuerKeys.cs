using System.Text.Json;
using Fairlead.Contracts.Services;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Gateway.Authentication;

/// <summary>
/// The public keys of an external issuer: fetched once, kept while the issuer cannot be reached, fetched again when they are
/// old or a token names one that is not among them.
/// </summary>
/// <remarks>Thread-safe; one fetch runs at a time, and all who need it wait for that one.</remarks>
internal sealed partial class IssuerKeys(
    TokenIssuer issuer, HttpClient http, GatewayTokenOptions options, TimeProvider time, ILogger logger)
{
    private const string Discovery = "/.well-known/openid-configuration";

    // An unknown key may be made up by anyone: that must not become a flood of requests to the issuer.
    private static readonly TimeSpan PauseWithKeys = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseWithoutKeys = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile IReadOnlyList<SecurityKey>? _keys;
    private string? _text;
    private int _version;
    private long _triedAt;
    private long _fetchedAt;
    private Task _refresh = Task.CompletedTask;
    private bool _tried;

    /// <summary>Raised when the keys change: what was accepted before has to be checked again.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>The keys a token may be signed with; null when there are none to be had.</summary>
    /// <param name="kid">The key that the token names; null for any.</param>
    /// <param name="cancellationToken">Ends the wait, not the fetch.</param>
    public async ValueTask<IReadOnlyList<SecurityKey>?> FindAsync(string? kid, CancellationToken cancellationToken)
    {
        if (Matching(kid) is { Count: > 0 } known)
        {
            Freshen();
            return known;
        }

        await RefreshAsync().WaitAsync(cancellationToken);
        return Matching(kid);
    }

    /// <summary>Fetches in the background when there are none or they are old.</summary>
    public void Freshen()
    {
        if (_keys is null || time.GetElapsedTime(Volatile.Read(ref _fetchedAt)) >= options.KeyRefresh)
        {
            _ = RefreshAsync();
        }
    }

    private List<SecurityKey>? Matching(string? kid) =>
        _keys is not { } keys ? null : [.. keys.Where(key => kid is null || key.KeyId is not { Length: > 0 } id || id == kid)];

    private Task RefreshAsync()
    {
        lock (_lock)
        {
            if (_refresh.IsCompleted && (!_tried || time.GetElapsedTime(_triedAt) >= (_keys is null ? PauseWithoutKeys : PauseWithKeys)))
            {
                (_tried, _triedAt) = (true, time.GetTimestamp());
                _refresh = Task.Run(FetchAsync);
            }

            return _refresh;
        }
    }

    private async Task FetchAsync()
    {
        var url = issuer.JwksUrl;
        try
        {
            url ??= await ReadJwksUrlAsync();
            var text = await http.GetStringAsync(url);
            if (text != _text)
            {
                var keys = new JsonWebKeySet(text).GetSigningKeys();
                _keys = [.. keys];
                _text = text;
                Interlocked.Increment(ref _version);
                LogFetched(issuer.Issuer, keys.Count, url);
            }

            Volatile.Write(ref _fetchedAt, time.GetTimestamp());
        }
        catch (Exception exception) when (exception
            is HttpRequestException or OperationCanceledException or JsonException or ArgumentException or InvalidDataException)
        {
            LogFailed(issuer.Issuer, url ?? MetadataUrl, exception.Message, _keys is null ? "none are known" : "those of before stay");
        }
    }

    private string MetadataUrl => issuer.MetadataUrl ?? issuer.Issuer.TrimEnd('/') + Discovery;

    private async Task<string> ReadJwksUrlAsync()
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(MetadataUrl));
        var name = Text("issuer");
        if (name != issuer.Issuer)
        {
            throw new InvalidDataException($"the document at '{MetadataUrl}' is that of the issuer '{name}'");
        }

        var url = Text("jwks_uri");
        return TokenIssuer.Problems([issuer with { JwksUrl = url ?? "" }], "issuer").Count == 0
            ? url!
            : throw new InvalidDataException(
                $"'jwks_uri' of '{MetadataUrl}' is '{url}', but must be an https URL, or an http URL of this machine");

        string? Text(string member) =>
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    [LoggerMessage(LogLevel.Information, "Issuer {Issuer} has {Count} signing keys at {Url}")]
    private partial void LogFetched(string issuer, int count, string url);

    [LoggerMessage(LogLevel.Warning, "Keys of issuer {Issuer} could not be fetched from {Url}: {Problem}; {Consequence}")]
    private partial void LogFailed(string issuer, string url, string problem, string consequence);
}
