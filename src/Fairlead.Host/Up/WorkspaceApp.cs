using Fairlead.LocalCompute;
using Fairlead.Workspace;

namespace Fairlead.Host.Up;

/// <summary>The web application of the workspace API, with local compute beside it in the same container.</summary>
internal static class WorkspaceApp
{
    public static WebApplication Build(UpSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        HostDefaults.Apply(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(FreePort.ParseAddress(settings.BindAddress), settings.WorkspacePort));

        builder.Services.AddFairleadWorkspace(options => options.DataDirectory = settings.DataDirectory);
        builder.Services.AddLocalCompute(options =>
        {
            options.DataDirectory = settings.DataDirectory;
            options.ScoringHost = settings.ScoringHost;
            options.Python = settings.Python;
            options.GatewayUrl = UpRun.GatewayUrl(settings);
        });

        var app = builder.Build();
        app.MapFairleadWorkspace();
        return app;
    }
}
