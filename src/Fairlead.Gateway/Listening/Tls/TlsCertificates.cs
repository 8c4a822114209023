using System.Security.Cryptography.X509Certificates;
using Fairlead.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>
/// The certificates in use. Files are looked at again and again: connections that are open keep what they have, new ones get what
/// is new, and a file that cannot be used changes nothing but the log.
/// </summary>
/// <remarks>It reads contents, since a mounted file is often replaced by a link, which watchers of files miss.</remarks>
internal sealed partial class TlsCertificates(
    IOptions<GatewayOptions> options, TlsMetrics metrics, TimeProvider time, ILogger<TlsCertificates> logger) : BackgroundService
{
    private static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    private readonly TlsOptions _options = options.Value.Tls;

    // Armed by the constructor, since ExecuteAsync starts on another thread after StartAsync has returned.
    private readonly PeriodicTimer _timer = new(options.Value.Tls.ReloadPeriod, time);
    private readonly Dictionary<CertificateFiles, Loaded> _loaded = [];
    private readonly Dictionary<string, DateTimeOffset> _warnedAt = new(StringComparer.Ordinal);
    private CertificateSelection? _current;
    private X509Certificate2Collection? _clientAuthorities;
    private string? _clientAuthoritiesText;
    private string? _lastProblem;

    /// <summary>Those in use; null before the first load.</summary>
    public CertificateSelection? Current => Volatile.Read(ref _current);

    /// <summary>Who may have issued the certificates of clients; null when they need none.</summary>
    public X509Certificate2Collection? ClientAuthorities => Volatile.Read(ref _clientAuthorities);

    /// <summary>Loads all for the first time.</summary>
    /// <exception cref="CertificateException">One of them cannot be used.</exception>
    public void Load()
    {
        var problems = Refresh();
        if (problems.Count > 0)
        {
            throw new CertificateException(string.Join(' ', problems));
        }

        WarnOfEnds();
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.HttpsPort is null)
        {
            return;
        }

        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            var problem = string.Join(' ', Refresh());
            if (problem.Length > 0 && problem != _lastProblem)
            {
                LogBad(problem);
                metrics.Reloaded("failed");
            }

            _lastProblem = problem;
            WarnOfEnds();
        }
    }

    // Takes what is right, leaves what was where something is wrong, and returns what that is.
    private List<string> Refresh()
    {
        var problems = new List<string>();
        try
        {
            RefreshClientAuthorities();
        }
        catch (CertificateException exception)
        {
            problems.Add($"Gateway:Tls:ClientCaPath: {exception.Message}");
        }

        try
        {
            var found = CertificateFiles.Find(_options);
            var isChanged = false;
            foreach (var files in found)
            {
                try
                {
                    isChanged |= Refresh(files);
                }
                catch (CertificateException exception)
                {
                    problems.Add(exception.Message);
                }
            }

            var gone = _loaded.Keys.Except(found).ToList();
            var usable = found.Where(_loaded.ContainsKey).Select(files => _loaded[files].Certificate).ToList();
            if (usable.Count == 0 || (!isChanged && gone.Count == 0))
            {
                return problems;
            }

            var next = new CertificateSelection(usable, _options.Default);
            gone.ForEach(files => _loaded.Remove(files));
            var isFirst = Current is null;
            Volatile.Write(ref _current, next);
            metrics.InUse(next);
            LogInUse(usable.Count, string.Join(", ", usable.SelectMany(certificate => certificate.Names).Distinct()));
            if (!isFirst)
            {
                metrics.Reloaded("taken");
            }
        }
        catch (CertificateException exception)
        {
            problems.Add(exception.Message);
        }

        return problems;
    }

    private bool Refresh(CertificateFiles files)
    {
        var texts = (CertificateFiles.Read(files.Certificate), CertificateFiles.Read(files.Key), File.Exists(files.Authorities) ? CertificateFiles.Read(files.Authorities) : "");
        if (_loaded.TryGetValue(files, out var loaded) && loaded.Texts == texts)
        {
            return false;
        }

        var (certificates, key, authorities) = texts;
        _loaded[files] = new Loaded(
            GatewayCertificate.Create(files, certificates, key, authorities, _options.RequireFullChain, time.GetUtcNow()), texts);
        return true;
    }

    private void RefreshClientAuthorities()
    {
        if (_options.ClientCaPath is { Length: > 0 } path && CertificateFiles.Read(path) is var text && text != _clientAuthoritiesText)
        {
            Volatile.Write(ref _clientAuthorities, GatewayCertificate.Parse(path, text));
            _clientAuthoritiesText = text;
        }
    }

    private void WarnOfEnds()
    {
        var now = time.GetUtcNow();
        foreach (var certificate in Current?.All ?? [])
        {
            var name = certificate.Files.Name;
            if (certificate.NotAfter - now > _options.ExpiryWarning)
            {
                _warnedAt.Remove(name);
            }
            else if (!_warnedAt.TryGetValue(name, out var at) || now - at >= WarnEvery)
            {
                _warnedAt[name] = now;
                LogEnds(certificate.Files.Certificate, certificate.NotAfter <= now ? "has expired" : "expires", certificate.NotAfter);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} certificates in use, for {Names}")]
    private partial void LogInUse(int count, string names);

    [LoggerMessage(LogLevel.Warning, "A changed certificate cannot be used; what was in use stays: {Problem}")]
    private partial void LogBad(string problem);

    [LoggerMessage(LogLevel.Warning, "The certificate in {File} {Expires} on {NotAfter:u}; renew it")]
    private partial void LogEnds(string file, string expires, DateTimeOffset notAfter);

    private sealed record Loaded(GatewayCertificate Certificate, (string Certificates, string Key, string Authorities) Texts);
}
