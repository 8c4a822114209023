using Fairlead.Contracts.Api;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Assets;
using Fairlead.Workspace.Auth;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Errors;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Fairlead.Workspace;

/// <summary>Adds the workspace to an application.</summary>
public static class WorkspaceRegistration
{
    /// <summary>
    /// Registers the workspace's parts. Compute targets are the registered <see cref="Contracts.Computes.IComputeTarget"/>;
    /// its <see cref="IBlobSource"/> is for them.
    /// </summary>
    public static IServiceCollection AddFairleadWorkspace(
        this IServiceCollection services, Action<WorkspaceOptions> configure)
    {
        services.AddOptions<WorkspaceOptions>()
            .BindConfiguration(WorkspaceOptions.SectionName)
            .Configure(configure)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkspaceOptions>, WorkspaceOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AdminToken>();
        services.AddSingleton<BlobStore>();
        services.AddSingleton<IBlobSource>(provider => provider.GetRequiredService<BlobStore>());
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<EnvironmentRegistry>();
        services.AddSingleton<ComputeTargets>();
        services.AddSingleton<ServiceKeys>();
        services.AddSingleton<SpecBuilder>();
        services.AddSingleton<ServiceReader>();
        services.AddSingleton<ServiceRegistry>();
        services.AddSingleton<OperationQueue>();
        services.AddHostedService<OperationRunner>();
        Database.Add(services);

        services.AddDataProtection().SetApplicationName("Fairlead");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(
            keys => keys.XmlRepository = new FileSystemXmlRepository(
                PrivateFolder(provider.GetRequiredService<IOptions<WorkspaceOptions>>().Value, "keys"),
                NullLoggerFactory.Instance)));

        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            json.SerializerOptions.AllowTrailingCommas = true;
            json.SerializerOptions.ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip;
            json.SerializerOptions.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull;
        });
        services.Configure<Microsoft.AspNetCore.Routing.RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", OpenApiDescription.Configure);
        return services;
    }

    /// <summary>Maps the API. Brings the database to its newest form first.</summary>
    public static WebApplication MapFairleadWorkspace(this WebApplication app)
    {
        PrivateFolder(app.Services.GetRequiredService<IOptions<WorkspaceOptions>>().Value, "");
        Database.Migrate(app.Services.GetRequiredService<IDbContextFactory<WorkspaceDb>>());

        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<AdminTokenMiddleware>();
        app.MapGet(Routes.Health, () => TypedResults.Json(new { status = "Healthy", version = ProductVersion.Text }))
            .ExcludeFromDescription();
        app.MapOpenApi();
        app.MapScalarApiReference("/reference", scalar => scalar.WithTitle("Fairlead workspace API")).ExcludeFromDescription();
        app.MapGet("/", () => TypedResults.Redirect("/reference")).ExcludeFromDescription();

        var api = app.MapGroup(Routes.BasePattern).AddEndpointFilter<WorkspaceScope>();
        api.MapBlobs();
        api.MapAssets();
        api.MapModels();
        api.MapEnvironments();
        api.MapServices();
        api.MapOperations();
        api.MapComputes();
        return app;
    }

    private static DirectoryInfo PrivateFolder(WorkspaceOptions options, string name) => Directory.CreateDirectory(
        Path.Combine(options.DataDirectory, name),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
