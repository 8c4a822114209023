using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Auth;

/// <summary>The bearer token of the embedded default: a file that only its owner can read, made at the first start.</summary>
internal sealed class AdminToken
{
    private readonly byte[] _hash;

    public AdminToken(IOptions<WorkspaceOptions> options)
    {
        if (options.Value.AdminTokenFile is { Length: > 0 } given)
        {
            _hash = Hash(File.ReadAllText(given).Trim());
            return;
        }

        var file = Path.Combine(options.Value.DataDirectory, "admin-token");
        _hash = Hash(Read(file) ?? Create(file));
    }

    /// <summary>In constant time: hashes are compared, so that not even the length shows.</summary>
    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static string? Read(string file) =>
        File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : null;

    // Written beside and renamed: a crash in between leaves no empty file, which would be a token anyone knows.
    private static string Create(string file)
    {
        DataFolder.Ensure(Path.GetDirectoryName(file)!);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var draft = file + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(token + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
        return token;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
