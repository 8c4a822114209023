using System.Text.Json.Serialization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Auth;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Errors;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Snapshots;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Fairlead.Workspace;

/// <summary>Adds the workspace API to a web application.</summary>
public static class WorkspaceComposition
{
    /// <summary>
    /// Registers the workspace and <see cref="Contracts.Storage.IBlobSource"/> for others. The host registers at least one
    /// <see cref="Contracts.Computes.IComputeTarget"/>; the first is the default one.
    /// </summary>
    /// <param name="services">Of the host.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="isShared">Other processes serve the same workspace, on the same database and blob store; then there is
    /// no compute target of the server itself.</param>
    public static IServiceCollection AddFairleadWorkspace(
        this IServiceCollection services, Action<WorkspaceOptions> configure, bool isShared = false)
    {
        services.AddSingleton(new WorkspaceRole(isShared));
        services.AddSingleton<IValidateOptions<WorkspaceOptions>, SharedOptionsRules>();
        services.AddSingleton<Membership>();
        services.AddSingleton<ServiceTurns>();
        services.AddOptions<WorkspaceOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkspaceOptions>, WorkspaceOptionsValidator>();
        services.AddSingleton<IValidateOptions<WorkspaceOptions>, WorkspaceOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddHostedService<WorkspaceStart>();
        services.AddHostedService(provider => provider.GetRequiredService<Membership>());
        services.AddSingleton<AdminToken>();
        services.AddAuthentication(AdminTokenHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AdminTokenHandler>(AdminTokenHandler.SchemeName, null);
        services.AddAuthorization();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.AddSingleton<WorkspaceScope>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.AllowTrailingCommas = true;
            json.SerializerOptions.ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip;
        });

        services.AddWorkspaceStorage();
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Fairlead workspace API", Version = "1.0" };

            // The address it was asked at would differ with each reader.
            document.Servers = null;
            return Task.CompletedTask;
        }));
        services.AddSingleton<BlobLinks>();
        services.AddSingleton<IBlobLinks>(provider => provider.GetRequiredService<BlobLinks>());
        services.AddSingleton<AssetStore>();
        services.AddScoped<ModelStore>();
        services.AddScoped<EnvironmentStore>();
        services.AddSingleton<ComputeTargets>();
        services.AddSingleton<ComputeSecrets>();
        services.AddSingleton<ComputeOperations>();
        services.AddScoped<ComputeStore>();

        services.AddSingleton<ServiceKeys>();
        services.AddScoped<ImageResolver>();
        services.AddScoped<ServicePreparation>();
        services.AddScoped<ServiceStore>();
        services.AddScoped<EndpointStore>();
        services.AddScoped<VersionStore>();
        services.AddSingleton<EndpointTraffic>();
        services.AddScoped<KeyRotation>();
        services.AddSingleton<TokenKeys>();
        services.AddScoped<TokenIssuing>();
        services.AddHostedService<TokenKeyRotation>();
        services.AddSingleton<OperationQueue>();
        services.AddSingleton<ServiceApplier>();
        services.AddMetrics();
        services.AddSingleton<OperationMetrics>();
        services.AddSingleton<OperationRun>();
        services.AddHostedService<ComputeStart>();
        services.AddHostedService<OperationRunner>();
        return services;
    }

    /// <summary>Maps every path of the workspace API, and how refusals are answered.</summary>
    public static WebApplication MapFairleadWorkspace(this WebApplication app)
    {
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(pages => Problem.WriteAsync(
            pages.HttpContext,
            Problem.OfStatus(pages.HttpContext.Request, pages.HttpContext.Response.StatusCode)));
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use((context, next) => context.RequestServices.GetRequiredService<WorkspaceScope>().InvokeAsync(context, next));

        HealthEndpoint.Map(app);
        BlobLinks.Map(app);
        app.MapOpenApi();

        // Everything comes from this server: the reference has to work where there is no internet.
        app.MapScalarApiReference("/reference", reference =>
            reference.WithTitle("Fairlead workspace API").DisableDefaultFonts().DisableTelemetry().DisableAgent().HideDeveloperTools());
        var workspace = app.MapGroup(Routes.BasePattern).RequireAuthorization();
        BlobEndpoints.Map(workspace);
        AssetEndpoints.Map(workspace);
        ModelEndpoints.Map(workspace);
        EnvironmentEndpoints.Map(workspace);
        ServiceEndpoints.Map(workspace);
        EndpointApi.Map(workspace);
        TokenIssuing.Map(app, workspace);
        OperationEndpoint.Map(workspace);
        ComputeEndpoints.Map(workspace);
        return app;
    }
}
