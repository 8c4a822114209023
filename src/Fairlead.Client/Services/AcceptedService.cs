using Fairlead.Contracts.Api;

namespace Fairlead.Client.Services;

/// <summary>A create or update that the workspace took on.</summary>
/// <param name="Service">The service as it was then; null when the answer had none.</param>
/// <param name="OperationId">To wait for; null when it was done at once.</param>
public sealed record AcceptedService(ServiceDto? Service, string? OperationId);
