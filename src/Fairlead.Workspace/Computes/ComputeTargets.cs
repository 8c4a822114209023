using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Computes;

/// <summary>The compute targets of this workspace; the first registered is the default one.</summary>
internal sealed class ComputeTargets(IEnumerable<IComputeTarget> targets)
{
    private const string LocalName = "local";

    private readonly IReadOnlyList<IComputeTarget> _targets = [.. targets];

    public IComputeTarget Get(string? name)
    {
        var found = name is null
            ? _targets.Count > 0 ? _targets[0] : null
            : _targets.FirstOrDefault(target => string.Equals(target.Name, name, StringComparison.OrdinalIgnoreCase));
        return found ?? throw new FairleadException(new ErrorDocument(
            ErrorCodes.ComputeNotFound,
            404,
            $"There is no compute target '{name}'. This workspace has: {string.Join(", ", _targets.Select(target => target.Name))}.",
            [new ErrorDetail(ErrorCodes.ComputeNotFound, "does not exist", "computeName")]));
    }

    /// <summary>The targets of the server itself.</summary>
    public IReadOnlyList<IComputeTarget> BuiltIn => _targets;

    public static bool IsLocal(IComputeTarget target) => target.Name == LocalName;
}
