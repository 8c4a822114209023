using Fairlead.Host.Hosting;
using Fairlead.Kubernetes.Attaching;
using Fairlead.LocalCompute;
using Fairlead.Workspace;

namespace Fairlead.Host.Up;

/// <summary>The web application of the workspace API, with local compute beside it in the same container.</summary>
internal static class WorkspaceApp
{
    public static WebApplication Build(UpSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(FreePort.ParseAddress(settings.BindAddress), settings.WorkspacePort));

        // Compute first: it must have recovered before the workspace says again what is wanted, and stop after it.
        builder.Services.AddLocalCompute(options =>
        {
            // Behind a proxy, or with HTTPS alone, callers know the gateway by another name.
            options.GatewayUrl = UpRun.GatewayUrl(settings);
            builder.Configuration.GetSection(LocalComputeOptions.SectionName).Bind(options);
            options.DataDirectory = settings.DataDirectory;
            options.ScoringHostPath = settings.ScoringHost;
            options.DefaultPython = settings.Python;
        });
        builder.Services.AddFairleadClusters(Path.Combine(settings.DataDirectory, "logs", "clusters"));
        builder.Services.AddFairleadWorkspace(options =>
        {
            builder.Configuration.GetSection(WorkspaceOptions.SectionName).Bind(options);
            options.DataDirectory = settings.DataDirectory;
        });

        var app = builder.Build();
        app.MapFairleadWorkspace();
        return app;
    }
}
