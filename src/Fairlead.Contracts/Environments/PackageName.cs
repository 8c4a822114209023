namespace Fairlead.Contracts.Environments;

/// <summary>Reads the name out of a line of a conda or pip section.</summary>
public static class PackageName
{
    /// <summary>
    /// The name in the form that compares: lower case, with dashes; <c>conda-forge::Azure_ML.x[a]~=1</c> is
    /// <c>azure-ml-x</c>.
    /// </summary>
    public static string Of(string dependency)
    {
        var start = dependency.LastIndexOf("::", StringComparison.Ordinal);
        var text = start < 0 ? dependency : dependency[(start + 2)..];
        var name = text.Trim().TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return string.Concat(name).ToLowerInvariant().Replace('_', '-').Replace('.', '-');
    }
}
