using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Storage;
using Fairlead.LocalCompute.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fairlead.LocalCompute.Tests;

public sealed class LocalComputeRegistrationTests
{
    [Fact]
    public async Task AddLocalCompute_ValidOptions_IsOneObjectInFourRoles()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-di-");
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IBlobSource>(new FolderBlobs(folder.FullName));
        services.AddLocalCompute(options =>
        {
            options.DataDirectory = folder.FullName;
            options.ScoringHostPath = "/bin/true";
            options.GatewayUrl = "http://127.0.0.1:8080";
        });
        await using (var provider = services.BuildServiceProvider())
        {
            var target = provider.GetRequiredService<IComputeTarget>();
            Assert.Same(target, provider.GetRequiredService<IServiceDirectory>());
            Assert.Same(target, provider.GetRequiredService<IReplicaScaler>());
            Assert.Contains(provider.GetServices<IHostedService>(), hosted => ReferenceEquals(hosted, target));
            Assert.Equal(("local", "http://127.0.0.1:8080"), (target.Name, target.GatewayUrl));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void Validate_BadOptions_NamesEachKeyItsValueAndWhatIsAllowed()
    {
        var result = new LocalComputeOptionsValidator().Validate(null, new LocalComputeOptions
        {
            GatewayUrl = "ftp://x/",
            StartAttempts = 0,
            AppInsightsKey = "secret",
            AppInsightsEndpoint = "dc",
            RestartDelay = TimeSpan.FromMinutes(1),
        });

        Assert.Equal(
            [
                "LocalCompute:DataDirectory is '', but must be a folder.",
                "LocalCompute:ScoringHostPath is '', but must be the path of the fairlead-scoring binary.",
                "LocalCompute:GatewayUrl is 'ftp://x/', but must be an http or https URL without a slash at the end.",
                "LocalCompute:AppInsightsKey is 'secret', but must be a GUID such as 00000000-0000-0000-0000-000000000000, or left out.",
                "LocalCompute:AppInsightsEndpoint is 'dc', but must be an http or https URL, or left out.",
                "LocalCompute:StartAttempts is '0', but must be 1 to 100.",
                "LocalCompute:RestartDelay is '00:01:00', but must be over 0 and at most 00:00:30.",
            ],
            result.Failures!);
    }
}
