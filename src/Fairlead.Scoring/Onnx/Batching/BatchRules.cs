using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Batching;

/// <summary>Which requests can be run as one: those whose tensors can be put below one another.</summary>
internal static class BatchRules
{
    /// <summary>The rows of a request that can be part of a batch; null: it is run alone.</summary>
    public static long? RowsOf(ModelRequest request)
    {
        var model = request.Model;
        if (!model.CanBatch)
        {
            return null;
        }

        long? rows = null;
        for (var i = 0; i < request.Values.Length; i++)
        {
            if (request.Values[i] is not { } value)
            {
                continue;
            }

            if (!model.Inputs[i].HasFreeFirstAxis || (rows ??= value.Shape[0]) != value.Shape[0])
            {
                return null;
            }
        }

        foreach (var output in model.Outputs)
        {
            if (!FollowsInputs(output, model) && request.OutputNames.Contains(output.Name))
            {
                return null;
            }
        }

        return rows is > 0 ? rows : null;
    }

    /// <summary>True when the requests agree in all but their rows.</summary>
    public static bool AreAlike(ModelRequest a, ModelRequest b)
    {
        for (var i = 0; i < a.Values.Length; i++)
        {
            if (!AreAlike(a.Values[i], b.Values[i]))
            {
                return false;
            }
        }

        return ReferenceEquals(a.OutputNames, b.OutputNames) || a.OutputNames.SequenceEqual(b.OutputNames, StringComparer.Ordinal);
    }

    /// <summary>Puts the members' tensors below one another.</summary>
    public static Tensor?[] Join(IReadOnlyList<BatchMember> members)
    {
        var first = members[0].Request.Values;
        var joined = new Tensor?[first.Length];
        for (var i = 0; i < joined.Length; i++)
        {
            if (first[i] is not { } value)
            {
                continue;
            }

            var data = new PooledBytes();
            long rows = 0;
            foreach (var member in members)
            {
                data.Append(member.Request.Values[i]!.Data);
                rows += member.Rows;
            }

            var shape = value.Shape.ToArray();
            shape[0] = rows;
            joined[i] = new Tensor(value.Type, shape, data);
        }

        return joined;
    }

    /// <summary>False when the output's first axis cannot be, or is not called as, that of the inputs.</summary>
    private static bool FollowsInputs(ModelOutput output, OnnxModel model) =>
        output.Type is not null && output.Dimensions is [< 0, ..]
        && (NameOfFirst(output.Symbols) is not { } name
            || model.Inputs.All(input => NameOfFirst(input.Symbols) is not { } other || other == name));

    private static string? NameOfFirst(string[] symbols) => symbols is [{ Length: > 0 } name, ..] ? name : null;

    private static bool AreAlike(Tensor? a, Tensor? b) => a is null || b is null
        ? a is null && b is null
        : a.Shape.AsSpan(1).SequenceEqual(b.Shape.AsSpan(1));
}
