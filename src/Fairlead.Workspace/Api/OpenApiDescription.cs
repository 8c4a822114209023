using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fairlead.Workspace.Api;

/// <summary>What the API's description says beyond its paths.</summary>
internal static class OpenApiDescription
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Fairlead workspace API",
                Version = "v1.0",
                Description = "Models, environments, snapshots and services. Long operations answer 202 with "
                    + "Operation-Location. Refusals are application/problem+json.",
                License = new OpenApiLicense { Name = "MIT" },
            };

            // Where it is served is the reader's business; a port of the day does not belong into a description.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The content of the file 'admin-token' in the server's data directory.",
            };
            return Task.CompletedTask;
        });
    }
}
