using System.Security.Cryptography;
using System.Text;

namespace Fairlead.LocalCompute.Environments;

/// <summary>
/// Names an environment by what it is made of (§7.2): interpreter and pip lines in their order. Name, version and
/// variables do not count, so services with equal packages share one.
/// </summary>
internal static class EnvironmentHash
{
    /// <param name="interpreter">Path and version of the interpreter.</param>
    /// <param name="snapshot">Digest of the source directory; counts only when pip lines refer to files.</param>
    public static string Of(PythonRequirements requirements, string interpreter, bool systemSitePackages, string? snapshot)
    {
        var text = new StringBuilder();
        text.Append("venv 1\n").Append(interpreter).Append('\n').Append(systemSitePackages).Append('\n');
        foreach (var line in requirements.Pip)
        {
            text.Append(line).Append('\n');
        }

        if (requirements.RefersToFiles)
        {
            text.Append(snapshot);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }
}
