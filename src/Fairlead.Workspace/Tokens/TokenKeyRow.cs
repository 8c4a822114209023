namespace Fairlead.Workspace.Tokens;

/// <summary>A key that tokens are signed with.</summary>
internal sealed class TokenKeyRow
{
    /// <summary>The <c>kid</c> of tokens.</summary>
    public required string Id { get; set; }

    /// <summary>PKCS #8 in base64, encrypted.</summary>
    public required string PrivateKey { get; set; }

    /// <summary>A JSON Web Key (RFC 7517).</summary>
    public required string PublicJwk { get; set; }

    /// <summary>From then on it signs, until the next one does.</summary>
    public DateTimeOffset SignsFrom { get; set; }
}
