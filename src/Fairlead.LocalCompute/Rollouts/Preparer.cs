using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Environments;
using Fairlead.LocalCompute.Materialising;
using Fairlead.LocalCompute.Replicas;
using Fairlead.LocalCompute.Resources;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>Everything that is done once per generation before its first replica starts.</summary>
internal sealed class Preparer(
    AppFolderBuilder folders, EnvironmentResolver environments, EntryScriptCheck scripts, MachineCapacity capacity)
{
    /// <param name="activity">Told what is being done, for people.</param>
    /// <param name="log">Takes lines of the preparation's log.</param>
    /// <exception cref="FairleadException">Why it cannot be prepared.</exception>
    public async Task<PreparedApp> PrepareAsync(
        ScoringService service, string key, Action<string> activity, Action<string> log, CancellationToken cancellationToken)
    {
        if (capacity.Check(service.Name, service.Spec.Resources) is { } tooLarge)
        {
            throw new FairleadException(tooLarge);
        }

        activity("Preparing files...");
        var folder = await folders.BuildAsync(service, key, log, cancellationToken);
        activity("Building environment...");
        var python = await environments.ResolveAsync(service.Spec, folder.Root, log, cancellationToken);
        activity("Checking the entry script...");
        await scripts.RunAsync(service.Spec, python, folder.Root, cancellationToken);
        log("Preparation has ended");
        return new PreparedApp(folder, python);
    }
}
