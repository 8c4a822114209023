using System.Reflection;
using Fairlead.Contracts.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace;

/// <summary><c>/healthz</c>: the process serves, and which version it is.</summary>
internal static class HealthEndpoint
{
    private static readonly string Version = typeof(HealthEndpoint).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Routes.Health, () => TypedResults.Ok(
            new Dictionary<string, string> { ["status"] = "ok", ["version"] = Version }))
            .WithTags("health").WithSummary("200 when the process serves, with its version.");
}
