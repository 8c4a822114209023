using System.CommandLine;
using System.Globalization;

namespace Fairlead.Cli.Running;

/// <summary>Options for a server that this program starts, handed on to it.</summary>
internal sealed class ServerOptions(Command command)
{
    private readonly Option<int?> _port = Verb.DeclareWhole(
        command, "--port", "Port of the workspace API; 0 for a free one. [default: the server's]", null);

    private readonly Option<int?> _gatewayPort = Verb.DeclareWhole(
        command, "--gateway-port", "Port of the gateway; 0 for a free one. [default: the server's]", null);

    private readonly Option<string?> _python = Verb.Declare(
        command, new Option<string?>("--python"), "Python for entry scripts whose environment names none. [default: the server's]");

    /// <summary>The server's own arguments.</summary>
    public IReadOnlyList<string> Read(VerbContext context)
    {
        var arguments = new List<string> { "up", "--data", context.Data.Path };
        Add("--port", context.Get(_port)?.ToString(CultureInfo.InvariantCulture));
        Add("--gateway-port", context.Get(_gatewayPort)?.ToString(CultureInfo.InvariantCulture));
        Add("--python", context.Get(_python));
        return arguments;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                arguments.Add(name);
                arguments.Add(value);
            }
        }
    }
}
