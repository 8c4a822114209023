using Fairlead.Contracts.Routing;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;
using Fairlead.Host.Hosting;

namespace Fairlead.Host.Up;

/// <summary>The web application of the scoring URLs. It watches the compute target that the workspace's application holds.</summary>
internal static class GatewayApp
{
    public static WebApplication Build(UpSettings settings, IServiceProvider workspace)
    {
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(workspace.GetRequiredService<IServiceDirectory>());
        builder.Services.AddSingleton(workspace.GetRequiredService<IReplicaScaler>());
        builder.Services.AddFairleadGateway(builder.Configuration);
        builder.Services.Configure<GatewayOptions>(options =>
        {
            options.BindAddress = FreePort.ParseAddress(settings.BindAddress).ToString();
            options.AdminTokenFile = settings.AdminTokenFile;
            options.HttpPort = settings.GatewayPort;
            options.Http2Port = settings.GatewayHttp2Port ?? options.Http2Port;
            options.HttpsPort = settings.GatewayHttpsPort ?? options.HttpsPort;
            options.Tls.CertificatePath = settings.TlsCertificateFile ?? options.Tls.CertificatePath;
            options.Tls.KeyPath = settings.TlsKeyFile ?? options.Tls.KeyPath;
        });
        builder.WebHost.ListenAsGateway();

        var app = builder.Build();
        app.UseFairleadGateway();
        return app;
    }
}
