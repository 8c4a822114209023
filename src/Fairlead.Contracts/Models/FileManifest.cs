namespace Fairlead.Contracts.Models;

/// <summary>
/// The files of a model or snapshot: paths and content digests, nothing else, so that equal folders have equal
/// manifests. Stored as a blob; its own digest names it.
/// </summary>
/// <param name="Files">Sorted by <see cref="ManifestFile.Path"/> (ordinal), each path once.</param>
public sealed record FileManifest(IReadOnlyList<ManifestFile> Files)
{
    /// <summary>Total size in bytes.</summary>
    public long SizeBytes() => Files.Sum(file => file.Size);
}

/// <summary>One file of a <see cref="FileManifest"/>.</summary>
/// <param name="Path">Relative, with <c>/</c> between parts; never absolute, never with <c>..</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Digest"><c>sha256:</c> and 64 lower-case hexadecimal digits (see <see cref="Storage.Digest"/>).</param>
/// <param name="Executable">Whether the owner may execute it.</param>
public sealed record ManifestFile(string Path, long Size, string Digest, bool Executable = false);
