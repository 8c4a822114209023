using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Tests.Simulation.Day;

/// <summary>The autoscaler over a day of traffic for a thousand services. It uses all processors, so nothing runs beside it.</summary>
[Collection(nameof(DayOfTrafficTests))]
[CollectionDefinition(nameof(DayOfTrafficTests), DisableParallelization = true)]
public sealed class DayOfTrafficTests
{
    private const int Services = 1000;
    private const int SteadyOnes = 5;

    [Fact]
    public async Task Day_OfAThousandServices_EachHasWhatItNeedsAndNoMore()
    {
        await using var metering = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new GatewayMetrics(metering.GetRequiredService<IMeterFactory>(), null!);
        var trust = new TokenTrust(
            Options.Create(new GatewayOptions()), TimeProvider.System, NullLogger<TokenTrust>.Instance);
        var reports = new DayReport[Services];
        var began = Stopwatch.GetTimestamp();

        Parallel.For(0, Services, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
        {
            using var service = new SimulatedService(index, index < SteadyOnes, metrics, trust);
            service.Run();
            reports[index] = service.Report;
        });

        var served = reports.Sum(static report => report.Served);
        var refused = reports.Sum(static report => report.Refused);
        var late = reports.Sum(static report => report.WaitedLong);
        var used = reports.Sum(static report => report.ReplicaSeconds) / 86_400.0;
        var peak = reports.Sum(static report => report.MostReplicas);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{served} served, {refused} refused, {late} waited over 10 s; {used:0} replicas on average, {peak} at each one's peak; "
            + $"{reports.Sum(static report => report.ScaleUps)} times up, {reports.Sum(static report => report.Removals)} removals; "
            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        Assert.True(served > 1_000_000);
        Assert.True(refused < served / 10_000, $"{refused} of {served} were refused");
        Assert.True(late < served / 1000, $"{late} of {served} waited longer than a replica takes to start");
        Assert.True(used < 0.5 * peak, $"{used} replicas were used, of {peak} for all peaks");

        // Load that does not change changes nothing once it has begun.
        Assert.All(reports[..SteadyOnes], static report => Assert.True(report.LastScaleUp < 120 * TimeSpan.TicksPerSecond));
    }
}
