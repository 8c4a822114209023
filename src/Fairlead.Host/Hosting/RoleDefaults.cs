using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Fairlead.Host.Hosting;

/// <summary>What every role has in common: configuration sources, the clock, the log's form, who handles signals.</summary>
internal static class RoleDefaults
{
    /// <summary>Settings by environment: <c>FAIRLEAD_Gateway__MaxRequestBodyBytes=…</c>.</summary>
    private const string EnvironmentPrefix = "FAIRLEAD_";

    public static void Apply(WebApplicationBuilder builder)
    {
        builder.Configuration.AddEnvironmentVariables(EnvironmentPrefix);
        builder.Services.TryAddSingleton(TimeProvider.System);

        // UpRun handles signals for all roles, in order.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });

        // A log that nobody reads must not hold up requests, as waiting for room in its queue would.
        builder.Services.Configure<ConsoleLoggerOptions>(static console =>
        {
            console.MaxQueueLength = 16 * 1024;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // With any level on, the server makes an activity of its own for each request; the gateway makes those that are sampled.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // It warns that its keys are not encrypted themselves: they lie in a folder that only the owner can enter.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);

        // Each command, and those whose failure is an answer: what fails for good is thrown, and told there.
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
