using Fairlead.Contracts.Services;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A gateway whose one replica is busy with a first request until the test lets it go.</summary>
internal sealed class HeldGateway : IAsyncDisposable
{
    private readonly TaskCompletionSource _let = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatewayFixture Gateway { get; private set; } = null!;

    public Task<HttpResponseMessage> First { get; private set; } = null!;

    public static async Task<HeldGateway> StartAsync(ScoringServiceSpec spec, Action<GatewayOptions>? configure = null)
    {
        var held = new HeldGateway();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        held.Gateway = await GatewayFixture.StartWithReplicaAsync(
            async context =>
            {
                entered.TrySetResult();
                await held._let.Task;
                await context.Response.WriteAsync("done");
            },
            spec,
            configure);
        held.First = held.Gateway.ScoreAsync();
        await entered.Task.WaitAsync(GatewayFixture.Patience);
        return held;
    }

    public void Let() => _let.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Let();
        await Gateway.DisposeAsync();
    }
}
