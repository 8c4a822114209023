using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace;

/// <summary>
/// Carries out a JSON Patch (RFC 6902: add, replace, remove) on an object's wire form. A top-level member always
/// exists, since absent and null are the same there; so it is inside objects with
/// a fixed set of members. In tags and properties the rules of the RFC hold.
/// </summary>
internal static class JsonPatch
{
    private static readonly string[] Maps = ["kvTags", "properties"];

    /// <summary>The patched copy.</summary>
    /// <param name="target">The object as it is.</param>
    /// <param name="steps">The body of the request.</param>
    /// <param name="mutable">Top-level members that may be changed, for the message too.</param>
    public static JsonObject Apply(JsonObject target, IReadOnlyList<PatchStep> steps, IReadOnlyCollection<string> mutable)
    {
        var result = (JsonObject)target.DeepClone();
        foreach (var step in steps)
        {
            Apply(result, step, mutable);
        }

        return result;
    }

    /// <summary>The top-level member a step is about.</summary>
    public static string MemberOf(PatchStep step) => Parts(step)[0];

    private static void Apply(JsonObject root, PatchStep step, IReadOnlyCollection<string> mutable)
    {
        var parts = Parts(step);
        parts[0] = mutable.FirstOrDefault(name => string.Equals(name, parts[0], StringComparison.OrdinalIgnoreCase))
            ?? throw FairleadException.InvalidArgument(
                "path", step.Path, "below one of " + string.Join(", ", mutable.Select(name => "/" + name)));
        var parent = root;
        foreach (var part in parts[..^1])
        {
            // A map or object that is null yet is one without members.
            if (parent[part] is null && ReferenceEquals(parent, root))
            {
                parent[part] = new JsonObject();
            }

            parent = parent[part] as JsonObject ?? throw FairleadException.InvalidArgument(
                "path", step.Path, $"a path that exists; '{part}' is no object there");
        }

        var name = parts[^1];
        var exists = parts.Length == 1 || parent.ContainsKey(name);

        // Members of a fixed set are always there, though left out while they have their default; labels are not.
        var isSetting = !Maps.Contains(parts[0], StringComparer.OrdinalIgnoreCase);
        switch (step.Op?.ToLowerInvariant())
        {
            case "add":
            case "replace" when exists || isSetting:
                parent[name] = step.Value?.DeepClone();
                break;
            case "remove" when exists:
                parent.Remove(name);
                break;
            case "replace" or "remove":
                throw FairleadException.InvalidArgument("path", step.Path, "a path that exists");
            default:
                throw FairleadException.InvalidArgument("op", step.Op, "add, replace or remove");
        }
    }

    private static string[] Parts(PatchStep? step) => step?.Path is { Length: > 1 } path && path[0] == '/'
        ? [.. path[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : throw FairleadException.InvalidArgument("path", step?.Path, "a JSON pointer such as /kvTags/owner");
}
