using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Contracts.Api;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Administration;

/// <summary><see cref="Routes.GatewayStatus"/>, for who has the token of <see cref="GatewayOptions.AdminTokenFile"/>. Without
/// such a file there is no such path.</summary>
internal sealed partial class AdminEndpoint(
    GatewayStatus status, FailedAttempts attempts, IOptions<GatewayOptions> options, ILogger<AdminEndpoint> logger)
{
    private static readonly GatewayAnswer Unauthorized = new(StatusCodes.Status401Unauthorized, GatewayReasons.Unauthorized,
        "The status of the gateway needs the header 'Authorization: Bearer <token>' with the token of Gateway:AdminTokenFile.");

    public Task HandleAsync(HttpContext context, RequestIds ids)
    {
        if (options.Value.AdminTokenFile is not { Length: > 0 } file)
        {
            return GatewayAnswers.UnknownPath.WriteAsync(context, ids);
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            return GatewayAnswers.MethodNotAllowed.WriteAsync(context, ids);
        }

        var credential = BearerHeader.Credential(context.Request.Headers.Authorization);
        var hash = CredentialHash.Of(credential);
        var address = context.Connection.RemoteIpAddress;
        if (attempts.WaitFor(address, hash) is { Ticks: > 0 } wait)
        {
            return GatewayAnswers.TooManyFailures(wait).WriteAsync(context, ids);
        }

        if (!Matches(credential, file))
        {
            attempts.Failed(address, hash);
            return Unauthorized.WriteAsync(context, ids);
        }

        attempts.Succeeded(address, hash);

        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers[ScoringHostHeaders.AnsweredByGateway] = GatewayReasons.Healthy;
        response.Headers.CacheControl = "no-store";
        ids.AddMissingTo(response.Headers);
        return JsonSerializer.SerializeAsync(
            response.Body, status.Describe(), ContractsJson.Default.GatewayStatusDto, context.RequestAborted);
    }

    // Read each time, so that a new token counts at once. In constant time.
    private bool Matches(ReadOnlySpan<char> credential, string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            return token.Length > 0 && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(credential.ToString())));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNoToken(file, exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Gateway:AdminTokenFile '{File}' cannot be read, so nobody may see the status: {Problem}")]
    private partial void LogNoToken(string file, string problem);
}
