using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Workspace.Services;

/// <summary>Where services and operations are found.</summary>
internal static class ServiceUrls
{
    public static string Scoring(IComputeTarget compute, string service) =>
        compute.GatewayUrl + Routes.ServicePath(service) + "/score";

    public static string Swagger(IComputeTarget compute, string service) =>
        compute.GatewayUrl + Routes.ServicePath(service) + "/swagger.json";

    public static string Resource(HttpRequest request, string service) => Base(request) + Routes.Services + "/" + service;

    public static string Operation(HttpRequest request, string id) => Base(request) + Routes.Operations + "/" + id;

    private static string Base(HttpRequest request)
    {
        var values = request.RouteValues;
        return $"{request.Scheme}://{request.Host}"
            + Routes.Base((string)values["subscription"]!, (string)values["resourceGroup"]!, (string)values["workspace"]!);
    }
}
