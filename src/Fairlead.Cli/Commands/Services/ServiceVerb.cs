using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary>A verb about one service, or one endpoint, named with <c>-n</c>.</summary>
internal abstract class ServiceVerb : Verb
{
    private readonly Option<string?> _name;

    /// <param name="name">The verb.</param>
    /// <param name="description">With "service" for what it is about.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="examples">With "fairlead service" for the group.</param>
    protected ServiceVerb(string name, string description, ServiceKind kind, params string[] examples)
        : base(
            name,
            kind.Name(description),
            [.. examples.Select(line => line.Replace("fairlead service", "fairlead " + kind.Group, StringComparison.Ordinal))]) =>
        _name = Text("--name", kind.Name("Name of the service."), "-n", required: true);

    protected string ServiceName(VerbContext context) => context.WantedName = context.Get(_name)!;
}

/// <summary>What a verb is about: some are the same for services and endpoints.</summary>
/// <param name="Noun">For texts.</param>
/// <param name="Group">The commands above the verb.</param>
internal sealed record ServiceKind(string Noun, string Group)
{
    public static readonly ServiceKind Service = new("service", "service");

    public static readonly ServiceKind Endpoint = new("endpoint", "endpoint realtime");

    /// <summary>A text with the noun in the place of "service".</summary>
    public string Name(string text) => Noun == "service" ? text : text
        .Replace("a service", "an endpoint", StringComparison.Ordinal).Replace("service", Noun, StringComparison.Ordinal);
}
