using System.Security.Cryptography;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>Looks into PEM without decoding it.</summary>
internal static class PemText
{
    /// <summary>The kinds of its blocks, for example <c>CERTIFICATE</c>.</summary>
    public static IReadOnlyList<string> Labels(string text)
    {
        var labels = new List<string>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            labels.Add(rest[fields.Label].ToString());
        }

        return labels;
    }

    /// <summary>Whether a private key in it wants a pass phrase, in the new form or OpenSSL's old one.</summary>
    public static bool HasPassPhrase(string text) =>
        text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
        || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
}
