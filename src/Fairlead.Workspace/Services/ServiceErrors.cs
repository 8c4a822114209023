using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Services;

/// <summary>Refusals of service requests.</summary>
internal static class ServiceErrors
{
    public static FairleadException NotFound(string name) => new(
        ErrorCodes.ServiceNotFound, 404, $"There is no service '{name}'. GET /services lists those there are.");

    public static FairleadException NoTokenAuth(string name) => new(
        ErrorCodes.TokenAuthNotEnabled,
        400,
        $"Service '{name}' takes no tokens. Its keys are at POST /services/{name}/listkeys (fairlead service get-keys -n {name}); "
        + $"token authentication is switched on with fairlead service update -n {name} --token-auth-enabled true.");

    public static FairleadException Exists(string name) => new(
        ErrorCodes.ServiceAlreadyExists,
        409,
        $"There is a service '{name}' already. Deploy over it with overwrite, update it, or choose another name.");

    public static FairleadException Busy(string name, string operation) => new(
        ErrorCodes.ServiceBusy,
        409,
        $"Another operation ('{operation}') runs on service '{name}'. Wait for it to end, then try again.");

    public static FairleadException BusyDeleting(string name, string operation) => new(
        ErrorCodes.ServiceBusy,
        409,
        $"Operation '{operation}' runs on service '{name}'. Wait for it to end, or delete with force (--force) to "
        + "cancel it.");
}
