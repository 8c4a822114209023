using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Services;

/// <summary>The compute targets of this workspace by name; the first is the default.</summary>
internal sealed class ComputeTargets(IEnumerable<IComputeTarget> targets)
{
    private readonly IReadOnlyList<IComputeTarget> _targets = [.. targets];

    public IReadOnlyList<ComputeDto> List() =>
        [.. _targets.Select(target => new ComputeDto(target.Name, "Local", target.GatewayUrl))];

    public IComputeTarget? Find(string name) => _targets.FirstOrDefault(target => target.Name == name);

    /// <summary>The target of that name, or the default one.</summary>
    public IComputeTarget Get(string? name)
    {
        if (_targets.Count == 0)
        {
            throw new FairleadException(
                ErrorCodes.ComputeNotFound, 400, "This workspace has no compute target: attach one first.");
        }

        return name is null
            ? _targets[0]
            : Find(name) ?? throw new FairleadException(
                ErrorCodes.ComputeNotFound, 400,
                $"There is no compute target '{name}'; there are: {string.Join(", ", _targets.Select(target => target.Name))}.");
    }
}
