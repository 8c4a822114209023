namespace Fairlead.Cli.Running;

/// <summary>There is no server to talk to, not even an address.</summary>
internal sealed class NoServerException(string message) : Exception(message);
