using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fairlead.Workspace.Storage;

/// <summary>Connections to PostgreSQL as the options say.</summary>
internal static class PostgresSource
{
    private const string ApplicationName = "fairlead";

    public static NpgsqlDataSource Create(DatabaseOptions options, ILoggerFactory logging)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.UseLoggerFactory(logging);
        builder.ConnectionStringBuilder.ApplicationName ??= ApplicationName;
        if (options.PasswordFile is { Length: > 0 } file)
        {
            builder.UsePasswordProvider(
                _ => File.ReadAllText(file).TrimEnd('\r', '\n'),
                async (_, cancellationToken) => (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n'));
        }

        return builder.Build();
    }
}
