namespace Fairlead.Contracts.Routing;

/// <summary>How long each phase of a replica's start took, as far as its compute target knows.</summary>
/// <param name="Schedule">Until a machine was chosen for it.</param>
/// <param name="Pull">Until what it runs was on that machine: images, models, source.</param>
/// <param name="Start">Until its process ran; on local compute, until it listened.</param>
/// <param name="Load">Until it was ready: the model loaded, <c>init()</c> done.</param>
public sealed record ReplicaStart(TimeSpan? Schedule, TimeSpan? Pull, TimeSpan? Start, TimeSpan? Load);
