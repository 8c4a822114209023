namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What a reconciler is doing with its service.</summary>
internal enum RunMode
{
    Running,

    /// <summary>The server ends; what is wanted stays.</summary>
    Stopping,
    Deleting,

    /// <summary>As if the server had been killed: nothing is touched any more.</summary>
    Abandoned,
}
