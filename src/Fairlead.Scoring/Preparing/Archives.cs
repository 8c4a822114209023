using System.Formats.Tar;
using System.IO.Compression;
using Fairlead.Contracts.Storage;

namespace Fairlead.Scoring.Preparing;

/// <summary>Unpacks downloaded archives: zip, tar, tar.gz, told apart by their first bytes.</summary>
internal static class Archives
{
    private const string Folder = ".fairlead-archives";

    /// <summary>Where an archive lies until it is unpacked, so that a run that was cut off goes on with it.</summary>
    public static string PathBeside(string root, string digest) => Path.Combine(root, Folder, Digest.Hex(digest));

    /// <summary>The file that says an archive has been unpacked.</summary>
    public static string MarkOf(string archive) => archive + ".unpacked";

    /// <summary>Unpacks and removes the archive. Entries that would leave the folder are refused.</summary>
    public static void Unpack(string archive, string folder, string url)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using (var stream = File.OpenRead(archive))
            {
                Unpack(stream, folder);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new PreparationException($"{url} is not a zip, tar or tar.gz archive: {exception.Message}", exception);
        }

        File.WriteAllText(MarkOf(archive), "");
        File.Delete(archive);
    }

    private static void Unpack(FileStream stream, string folder)
    {
        Span<byte> start = stackalloc byte[2];
        var read = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        stream.Position = 0;
        if (read == 2 && start is [(byte)'P', (byte)'K'])
        {
            ZipFile.ExtractToDirectory(stream, folder, overwriteFiles: true);
        }
        else if (read == 2 && start is [0x1F, 0x8B])
        {
            using var plain = new GZipStream(stream, CompressionMode.Decompress);
            TarFile.ExtractToDirectory(plain, folder, overwriteFiles: true);
        }
        else
        {
            TarFile.ExtractToDirectory(stream, folder, overwriteFiles: true);
        }
    }
}
