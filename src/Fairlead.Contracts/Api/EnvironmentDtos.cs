using Fairlead.Contracts.Environments;

namespace Fairlead.Contracts.Api;

/// <summary>
/// <c>PUT /environments/{name}</c> with an <see cref="EnvironmentDefinition"/> registers it: the present version when
/// nothing changed, else the next. <c>GET /environments</c> lists the newest of each name, <c>GET /environments/{name}</c>
/// shows the newest, <c>GET /environments/{name}/versions</c> lists all and <c>…/versions/{version}</c> shows one.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Version">A number, as text (§1.4).</param>
/// <param name="Definition">With name and version filled in.</param>
/// <param name="Hash">64 hexadecimal digits; equal definitions share it (§7.2).</param>
/// <param name="CreatedTime">When this version was registered.</param>
public sealed record EnvironmentDto(
    string Name, string Version, EnvironmentDefinition Definition, string Hash, DateTimeOffset CreatedTime);
