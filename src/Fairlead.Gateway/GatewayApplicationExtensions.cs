using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Gateway;

/// <summary>Puts the gateway into a pipeline.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>Answers every request that reaches this point of the pipeline, which it ends: services at
    /// <c>/api/v1/service/&lt;name&gt;</c>, <c>/</c> and <c>/healthz</c> (§4.1).</summary>
    public static IApplicationBuilder UseFairleadGateway(this IApplicationBuilder app)
    {
        var gateway = app.ApplicationServices.GetRequiredService<GatewayMiddleware>();
        app.Run(gateway.HandleAsync);
        return app;
    }
}
