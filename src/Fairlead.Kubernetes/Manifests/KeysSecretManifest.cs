using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;
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

    /// <summary>Which tokens of a workspace open the service, as JSON.</summary>
    public const string Tokens = "tokens";

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

    /// <summary>The content of <see cref="Tokens"/>.</summary>
    public static byte[] Write(WorkspaceTokens tokens) => JsonSerializer.SerializeToUtf8Bytes(tokens, ContractsJson.Default.WorkspaceTokens);

    /// <summary>Which tokens of a workspace open the service; null when the Secret names none or cannot be read.</summary>
    public static WorkspaceTokens? ReadTokens(V1Secret? secret)
    {
        try
        {
            return secret?.Data is { } data && data.TryGetValue(Tokens, out var json)
                && JsonSerializer.Deserialize(json, ContractsJson.Default.WorkspaceTokens) is { Issuer: not null, Audience: not null, Keys: not null } tokens
                    ? tokens : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A key as v1 made them: 32 random letters and digits.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(KeyCharacters, KeyLength);
}
