using System.CommandLine;

namespace Fairlead.Host.Hosting;

/// <summary>Options that several roles have.</summary>
internal static class RoleOptions
{
    private const int MaxPort = 65535;
    private const int MaxDrain = 300;

    public static Option<string> Data(string description) => new("--data")
    {
        Description = $"{description} Default: $FAIRLEAD_DATA, else ~/.fairlead.",
        HelpName = "DIR",
    };

    /// <summary>The folder that <see cref="Data"/> names, or the default one.</summary>
    public static string DataFolder(string? given) => Path.GetFullPath(given
        ?? (Environment.GetEnvironmentVariable("FAIRLEAD_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fairlead")));

    /// <param name="any">How to say every address of this machine.</param>
    public static Option<string> Bind(string any = "0.0.0.0") => new("--bind")
    {
        Description = $"Address to listen on; give {any} to be reached from other machines.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    public static Option<int> Port(string name, string description, int byDefault) => Number(name, description, "PORT", byDefault, MaxPort);

    /// <summary>A port that is not listened on unless it is given.</summary>
    public static Option<int?> OptionalPort(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "PORT" };
        option.Validators.Add(result => Check(result.GetValue(option) ?? 0, name, MaxPort, result.AddError));
        return option;
    }

    public static Option<int> Drain() =>
        Number("--drain", "Seconds to go on taking requests after SIGTERM, for load balancers to notice.", "SECONDS", 0, MaxDrain);

    private static Option<int> Number(string name, string description, string helpName, int byDefault, int most)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result => Check(result.GetValue(option), name, most, result.AddError));
        return option;
    }

    private static void Check(int value, string name, int most, Action<string> addError)
    {
        if (value < 0 || value > most)
        {
            addError($"'{name}' is {value}, but must be from 0 to {most}.");
        }
    }
}
