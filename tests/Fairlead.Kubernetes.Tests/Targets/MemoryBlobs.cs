using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;

namespace Fairlead.Kubernetes.Tests.Targets;

/// <summary>Blobs and rights to read them, in memory.</summary>
internal sealed class MemoryBlobs : IBlobSource, IBlobLinks
{
    private readonly Dictionary<string, byte[]> _blobs = [];
    private int _signed;

    public TimeSpan Lifetime => TimeSpan.FromHours(1);

    public string Sign(string manifest) => $"right-{Interlocked.Increment(ref _signed)}-{manifest[^4..]}";

    /// <summary>The digest of a manifest of files, which have contents of their own.</summary>
    public string Manifest(params string[] paths) => Add(JsonSerializer.SerializeToUtf8Bytes(
        new FileManifest([.. paths.Select(path => new ManifestFile(path, path.Length, Add(Encoding.UTF8.GetBytes(path))))]),
        ContractsJson.Default.FileManifest));

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) => _blobs.TryGetValue(digest, out var content)
        ? Task.FromResult<Stream>(new MemoryStream(content))
        : throw new FairleadException(ErrorCodes.BlobNotFound, 404, digest);

    public string? FindLocalPath(string digest) => null;

    private string Add(byte[] content)
    {
        var digest = Digest.Of(SHA256.HashData(content));
        _blobs[digest] = content;
        return digest;
    }
}
