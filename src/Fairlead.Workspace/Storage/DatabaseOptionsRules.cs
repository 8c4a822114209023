using Npgsql;

namespace Fairlead.Workspace.Storage;

/// <summary>Checks what attributes cannot say of <see cref="DatabaseOptions"/>. Never shows the value: it may hold a password.</summary>
internal static class DatabaseOptionsRules
{
    private const string Section = $"{WorkspaceOptions.SectionName}:{nameof(WorkspaceOptions.Database)}";

    public static void Check(DatabaseOptions options, List<string> failures)
    {
        if (!options.IsPostgres)
        {
            if (!string.IsNullOrEmpty(options.PasswordFile))
            {
                failures.Add($"'{Section}:PasswordFile' is given without '{Section}:ConnectionString'.");
            }

            return;
        }

        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            failures.Add(
                $"'{Section}:ConnectionString' is not of the form 'Host=…;Database=…;Username=…;Password=…': {exception.Message}");
            return;
        }

        if (string.IsNullOrWhiteSpace(parsed.Host) || string.IsNullOrWhiteSpace(parsed.Database))
        {
            failures.Add($"'{Section}:ConnectionString' must name Host and Database, as in 'Host=db.example.com;Database=fairlead'.");
        }

        if (!string.IsNullOrEmpty(options.PasswordFile) && !File.Exists(options.PasswordFile))
        {
            failures.Add($"'{Section}:PasswordFile' is '{options.PasswordFile}', which does not exist.");
        }
    }
}
