using System.Net;
using Fairlead.Client;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli;

/// <summary>What the command line ends with. Stable: scripts may compare them. Documented in docs/cli.md.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Something went wrong that has no number of its own.</summary>
    public const int Error = 1;

    /// <summary>The command line, or a file it names, is wrong; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>What was named does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>It exists already, is in use, or is being changed by another operation.</summary>
    public const int Conflict = 4;

    /// <summary>The deployment ended as Failed, or the service answered with an error.</summary>
    public const int DeploymentFailed = 5;

    /// <summary>No server answers.</summary>
    public const int ServerUnreachable = 6;

    /// <summary>The token was missing, wrong, or may not do this.</summary>
    public const int Unauthorized = 7;

    /// <summary>Ended by Ctrl-C or SIGTERM.</summary>
    public const int Cancelled = 130;

    public static int Of(Exception exception) => exception switch
    {
        OperationCanceledException => Cancelled,
        ServerUnreachableException => ServerUnreachable,
        FairleadApiException api => Of(api.Status),
        FairleadException own => own.Error.StatusCode == 400 ? Usage : Of((HttpStatusCode)own.Error.StatusCode),
        _ => Error,
    };

    private static int Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Unauthorized,
        HttpStatusCode.NotFound => NotFound,
        HttpStatusCode.Conflict => Conflict,
        _ => Error,
    };
}
