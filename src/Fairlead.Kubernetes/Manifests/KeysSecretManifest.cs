using System.Security.Cryptography;
using System.Text;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>The Secret with a service's two keys, for services that name none.</summary>
internal static class KeysSecretManifest
{
    public const string PrimaryKey = "primaryKey";
    public const string SecondaryKey = "secondaryKey";

    /// <summary>SHA-256 of each key in hexadecimal, separated by spaces or newlines; in place of the keys.</summary>
    public const string KeyHashes = "keyHashes";

    private const int KeyLength = 32;
    private const string KeyCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static V1Secret Build(ScoringServiceResource service, string primary, string secondary) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = ServiceLabels.Owned(service, Names.KeysSecret(service)),
        Type = "Opaque",
        Data = new Dictionary<string, byte[]>
        {
            [PrimaryKey] = Encoding.UTF8.GetBytes(primary),
            [SecondaryKey] = Encoding.UTF8.GetBytes(secondary),
        },
    };

    /// <summary>A key as v1 made them: 32 random letters and digits.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(KeyCharacters, KeyLength);
}
