using System.Text.Json.Nodes;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Environments;

/// <summary>Reads a conda specification file.</summary>
internal static class CondaFile
{
    private static readonly string[] Keys = ["name", "channels", "dependencies", "variables", "prefix"];

    public static JsonObject Read(string path)
    {
        var conda = LenientFile.Read("conda file", path);
        if (conda["dependencies"] is not JsonArray dependencies)
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument,
                400,
                $"'{path}' is not a conda file: it has no list 'dependencies' (its keys: "
                + $"{string.Join(", ", conda.Select(pair => pair.Key))}; a conda file has {string.Join(", ", Keys)})");
        }

        foreach (var dependency in dependencies)
        {
            if (dependency is not (JsonValue or JsonObject { Count: 1 }))
            {
                throw new FairleadException(
                    ErrorCodes.InvalidArgument,
                    400,
                    $"'{path}': each of 'dependencies' is a package, or 'pip:' with a list of packages; "
                    + $"one is {dependency?.ToJsonString() ?? "null"}");
            }
        }

        return conda;
    }
}
