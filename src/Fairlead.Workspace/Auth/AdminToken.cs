using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Auth;

/// <summary>The management token of the embedded default: made at the first start, in a file only its owner reads.</summary>
internal sealed class AdminToken
{
    public const string FileName = "admin-token";

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 43; // 256 bits

    private readonly byte[] _hash;

    public AdminToken(IOptions<WorkspaceOptions> options)
    {
        var path = Path.Combine(options.Value.DataDirectory, FileName);
        if (!File.Exists(path))
        {
            Create(path);
        }

        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(path).Trim()));
    }

    public bool Admits(string presented) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _hash);

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        File.Delete(temporary);
        var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using (var writer = new StreamWriter(file))
        {
            writer.Write(RandomNumberGenerator.GetString(Alphabet, Length));
            writer.Write('\n');
        }

        File.Move(temporary, path);
    }
}
