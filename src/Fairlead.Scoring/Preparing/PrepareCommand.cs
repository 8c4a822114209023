using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Preparation;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Logging;

namespace Fairlead.Scoring.Preparing;

/// <summary><c>fairlead-scoring prepare</c>: what runs before a replica's own container starts.</summary>
internal static class PrepareCommand
{
    public const string Name = "prepare";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var provider = new ServerLogProvider(TimeProvider.System);
        var log = provider.CreateLogger(ServerLogProvider.Server);
        try
        {
            var plan = ReadPlan(Environment.GetEnvironmentVariable(PreparationPlan.Variable));
            await new Preparer(TimeProvider.System, log).RunAsync(plan, cancellationToken);
            return ExitCodes.Success;
        }
        catch (PreparationException exception)
        {
            provider.Write(LogLevel.Error, ServerLogProvider.Server, exception.Message, null);
            return ExitCodes.PreparationFailed;
        }
    }

    private static PreparationPlan ReadPlan(string? text)
    {
        try
        {
            var plan = JsonSerializer.Deserialize(text ?? "", ContractsJson.Default.PreparationPlan)
                ?? throw new JsonException("it is null");
            return plan with
            {
                Files = [.. plan.Files.Select(file => file with { Url = UrlVariables.Resolve(file.Url, Environment.GetEnvironmentVariable) })],
            };
        }
        catch (JsonException exception)
        {
            throw new PreparationException(
                $"{PreparationPlan.Variable} is not a plan in JSON: {exception.Message}", exception);
        }
    }
}

/// <summary>A preparation that cannot succeed; its message is for the user.</summary>
internal sealed class PreparationException(string message, Exception? inner = null) : Exception(message, inner);
