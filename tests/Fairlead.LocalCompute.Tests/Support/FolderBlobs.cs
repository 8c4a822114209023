using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;

namespace Fairlead.LocalCompute.Tests.Support;

/// <summary>Blobs as read-only files in a folder, as the workspace's local store has them.</summary>
internal sealed class FolderBlobs(string folder) : IBlobSource
{
    /// <summary>False: as if blobs were elsewhere, so that nothing can be linked.</summary>
    public bool IsLocal { get; set; } = true;

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) => File.Exists(PathOf(digest))
        ? Task.FromResult<Stream>(File.OpenRead(PathOf(digest)))
        : throw new FairleadException(ErrorCodes.BlobNotFound, 404, $"There is no blob {digest}.");

    public string? FindLocalPath(string digest) => IsLocal && File.Exists(PathOf(digest)) ? PathOf(digest) : null;

    public string Add(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = Digest.Of(SHA256.HashData(bytes));
        Directory.CreateDirectory(folder);
        if (!File.Exists(PathOf(digest)))
        {
            File.WriteAllBytes(PathOf(digest), bytes);
            File.SetUnixFileMode(PathOf(digest), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        return digest;
    }

    /// <summary>Adds files and their manifest; a path that begins with <c>*</c> is executable.</summary>
    public string AddFolder(params (string Path, string Content)[] files) => Add(JsonSerializer.Serialize(
        new FileManifest([.. files.Select(file => new ManifestFile(
            file.Path.TrimStart('*'), Encoding.UTF8.GetByteCount(file.Content), Add(file.Content), file.Path.StartsWith('*')))]),
        ContractsJson.Default.FileManifest));

    private string PathOf(string digest) => Path.Combine(folder, Digest.Hex(digest));
}
