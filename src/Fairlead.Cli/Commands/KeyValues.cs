using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands;

/// <summary>Reads the <c>key=value</c> of tags and properties.</summary>
internal static class KeyValues
{
    /// <summary>Null when there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string option, string[]? values)
    {
        if (values is not { Length: > 0 })
        {
            return null;
        }

        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            var equals = value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw FairleadException.InvalidArgument(option, value, "key=value");
            }

            result[value[..equals]] = value[(equals + 1)..];
        }

        return result;
    }
}
