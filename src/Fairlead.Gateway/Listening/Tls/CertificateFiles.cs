using System.Text;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>Where a certificate and its key are.</summary>
/// <param name="Name">What it is called in logs and metrics: its path within the folder, or <c>CertificatePath</c>.</param>
/// <param name="Certificate">PEM file.</param>
/// <param name="Key">PEM file; the same when both are in one.</param>
internal sealed record CertificateFiles(string Name, string Certificate, string Key)
{
    public const string OfPath = "CertificatePath";

    private const string SecretCertificate = "tls.crt";
    private const string SecretAuthority = "ca.crt";
    private const int LargestFile = 1024 * 1024;

    /// <summary>Authorities beside it, as cert-manager puts them.</summary>
    public string Authorities => Path.Combine(Path.GetDirectoryName(Certificate)!, SecretAuthority);

    /// <summary>All that the options name.</summary>
    /// <exception cref="CertificateException">A folder is not there or empty, or a certificate has no key.</exception>
    public static IReadOnlyList<CertificateFiles> Find(TlsOptions options)
    {
        var found = new List<CertificateFiles>();
        if (options.CertificatePath is { Length: > 0 } path)
        {
            found.Add(new(OfPath, Path.GetFullPath(path), Path.GetFullPath(options.KeyPath is { Length: > 0 } key ? key : path)));
        }

        if (options.Folder is { Length: > 0 } folder)
        {
            var root = Path.GetFullPath(folder);
            try
            {
                found.AddRange(InFolder(root, root));

                // Names that begin with a dot are the machinery of Kubernetes' mounts.
                foreach (var below in Directory.EnumerateDirectories(root).Where(IsVisible).Order(StringComparer.Ordinal))
                {
                    found.AddRange(InFolder(root, below));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CertificateException($"Gateway:Tls:Folder: '{root}' cannot be read: {exception.Message}", exception);
            }

            if (found.Count == 0)
            {
                throw new CertificateException(
                    $"Gateway:Tls:Folder: '{root}' holds no certificate. Put tls.crt and tls.key there, or in a folder below for each certificate.");
            }
        }

        return found;
    }

    /// <summary>What a file holds.</summary>
    /// <exception cref="CertificateException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > LargestFile }
                ? throw new CertificateException($"'{path}' is larger than 1 MB, so it is no PEM file of a certificate.")
                : File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(
                exception is FileNotFoundException or DirectoryNotFoundException
                    ? $"'{path}' does not exist."
                    : $"'{path}' cannot be read: {exception.Message}",
                exception);
        }
    }

    private static List<CertificateFiles> InFolder(string root, string folder)
    {
        foreach (var (certificate, key) in new[] { (SecretCertificate, "tls.key"), ("fullchain.pem", "privkey.pem") })
        {
            if (File.Exists(Path.Combine(folder, certificate)))
            {
                // The other files there are copies of its parts.
                return [Of(Path.Combine(folder, certificate), Path.Combine(folder, key))];
            }
        }

        return Directory.EnumerateFiles(folder)
            .Where(file => IsVisible(file) && Path.GetExtension(file) is ".crt" or ".pem" && Path.GetFileName(file) != SecretAuthority)
            .Order(StringComparer.Ordinal)
            .Select(file => Of(file, Path.ChangeExtension(file, ".key")))
            .ToList();

        CertificateFiles Of(string certificate, string key) => new(
            Path.GetRelativePath(root, certificate),
            certificate,
            File.Exists(key) || !HasKey(certificate) ? key : certificate);
    }

    private static bool HasKey(string file) => PemText.Labels(Read(file)).Any(label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');
}
