using System.CommandLine;

namespace Fairlead.Cli.Running;

/// <summary>The options every command takes (§2.1), in any place of the line.</summary>
internal sealed class GlobalOptions
{
    public Option<string> Output { get; } = new("--output", "-o")
    {
        Description = "Form of the result on standard output: json or table. [default: json]",
        Recursive = true,
        HelpName = "json|table",
    };

    public Option<bool> Debug { get; } = new("--debug")
    {
        Description = "Show each request to the server, and where an error came from, on standard error.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Say more about what is done (-v).", Recursive = true };

    /// <summary>Apart from <see cref="Verbose"/>, since some v1 commands use -v for a version.</summary>
    public Option<bool> VerboseShort { get; } = new("-v") { Hidden = true };

    public Option<string> ResourceGroup { get; } = new("--resource-group", "-g")
    {
        Description = "Resource group of the workspace. [default: .azureml/config.json, else fairlead]",
        Recursive = true,
    };

    public Option<string> Workspace { get; } = new("--workspace-name", "-w")
    {
        Description = "Name of the workspace. [default: .azureml/config.json, else default]",
        Recursive = true,
    };

    public Option<string> Subscription { get; } = new("--subscription-id")
    {
        Description = "Subscription of the workspace. [default: .azureml/config.json, else zeros]",
        Recursive = true,
    };

    public Option<string> Path { get; } = new("--path")
    {
        Description = "Project folder whose .azureml/config.json gives defaults. [default: the current folder]",
        Recursive = true,
    };

    public Option<string> Endpoint { get; } = new("--endpoint")
    {
        Description = "URL of the workspace. [default: FAIRLEAD_ENDPOINT, else the server of the data folder]",
        Recursive = true,
    };

    public Option<string> Data { get; } = new("--data")
    {
        Description = "Data folder of the server on this machine. [default: FAIRLEAD_DATA, else ~/.fairlead]",
        Recursive = true,
    };

    public GlobalOptions() => Output.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "json", "table", "jsonc", "tsv", "yaml", "none");

    public void AddTo(RootCommand root)
    {
        foreach (var option in new Option[] { Output, Debug, Verbose, ResourceGroup, Workspace, Subscription, Path, Endpoint, Data })
        {
            root.Options.Add(option);
        }
    }
}
