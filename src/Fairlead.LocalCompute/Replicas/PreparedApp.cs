using Fairlead.LocalCompute.Materialising;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>What replicas of one generation are started from.</summary>
internal sealed record PreparedApp(AppFolder Folder, string Python);
