using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;

namespace Fairlead.Workspace.Api;

/// <summary>Applies JSON Patches (RFC 6902) to the wire form of an object.</summary>
internal static class JsonPatches
{
    private static readonly string[] Operations = ["add", "replace", "remove"];

    /// <summary>The object after the patch; <paramref name="patchable"/> names the members that may change.</summary>
    public static T Apply<T>(
        T value, JsonTypeInfo<T> type, IReadOnlyList<PatchStep> steps, IReadOnlyCollection<string> patchable)
    {
        var node = JsonSerializer.SerializeToNode(value, type)!.AsObject();
        foreach (var step in steps)
        {
            Check(step, patchable);
            Complete(node, step);
        }

        var patch = new JsonPatchDocument();
        foreach (var step in steps)
        {
            patch.Operations.Add(new(step.Op, step.Path, from: null, step.Value));
        }

        patch.ApplyTo(node, error => throw FairleadException.InvalidArgument(
            error.Operation?.path ?? "patch", error.ErrorMessage, "a step that fits what is there"));
        return node.Deserialize(type)!;
    }

    private static void Check(PatchStep step, IReadOnlyCollection<string> patchable)
    {
        if (!Operations.Contains(step.Op))
        {
            throw FairleadException.InvalidArgument("op", step.Op, "add, replace or remove");
        }

        var member = step.Path?.Split('/') is ["", var first, ..] ? first : "";
        if (!patchable.Contains(member))
        {
            throw FairleadException.InvalidArgument(
                "path", step.Path, $"below one of {string.Join(", ", patchable.Select(name => "/" + name))}");
        }
    }

    // A member that is null is left out of the wire form, but is there to be replaced or to get members of its own.
    private static void Complete(JsonObject node, PatchStep step)
    {
        var parts = step.Path.Split('/');
        if (parts is ["", var parent, _, ..] && node[parent] is null)
        {
            node[parent] = new JsonObject();
        }
        else if (parts is ["", var member] && !node.ContainsKey(member))
        {
            node[member] = null;
        }
    }
}
