using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Administration;

public sealed class GatewayStatusTests : IDisposable
{
    private const string Token = "token-of-a-test";

    private readonly string _file = Path.GetTempFileName();

    public GatewayStatusTests() => File.WriteAllText(_file, Token + "\n");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Status_OfGatewayAlone_ShowsLeasesAndWaits()
    {
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            _ => let.Task,
            TestRoutes.Open with { MaxConcurrentRequestsPerContainer = 1, MaxQueueWaitMs = 20_000 },
            options => options.AdminTokenFile = _file);
        Task<HttpResponseMessage>[] requests = [gateway.ScoreAsync(), gateway.ScoreAsync()];
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot() is { Leases: 1, Queued: 1 });

        var status = await AskAsync(gateway);

        Assert.Equal("alone", status.Id);
        Assert.Null(status.Group);
        var service = Assert.Single(status.Services);
        Assert.Equal((TestRoutes.Service, "alone", "granting", 1), (service.Name, service.Coordinator, service.Role, service.Queued));
        Assert.NotNull(service.OldestWaitMs);
        Assert.Empty(service.Peers);
        var replica = Assert.Single(service.Replicas);
        Assert.Equal(("r1", "ready", 1, 1), (replica.Id, replica.State, replica.Leases, replica.MaxConcurrentRequests));
        let.SetResult();
        await Task.WhenAll(requests);
    }

    [Fact]
    public async Task Status_InGroup_ShowsMembersCoordinatorAndWhatFollowersHold()
    {
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var group = await GatewayGroup.StartAsync(3, configure: options => options.AdminTokenFile = _file);
        await group.PublishAsync(replicas: 1, limit: 1, _ => let.Task);
        await group.SettleAsync();
        var coordinator = group.Coordinator;
        var follower = group.Gateways.First(gateway => gateway != coordinator);
        var request = follower.ScoreAsync();
        await Expect.EventuallyAsync(() => coordinator.Service.Queue.Snapshot().Leases == 1);

        var here = await AskAsync(coordinator);
        var there = await AskAsync(follower);

        var one = here.Services[0];
        Assert.Equal(("granting", here.Id), (one.Role, one.Coordinator));
        Assert.Equal((there.Id, 1, 0), (one.Peers.Single(peer => peer.Leases > 0).Gateway, 1, one.Peers.Sum(peer => peer.Queued)));
        Assert.Equal(1, one.Replicas[0].Leases);
        Assert.Equal(("following", here.Id), (there.Services[0].Role, there.Services[0].Coordinator));
        Assert.True(here.Group is { IsValid: true, IsSettled: true, Configured: 3, View: > 0 });
        Assert.All(here.Group!.Members, member => Assert.True(member is { IsMember: true, IsConnected: true, IsLeaving: false }));
        Assert.Equal(1, here.Group.Members.Single(member => member.Id == here.Id).Coordinates);
        let.SetResult();
        await request;
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Status_WithoutTheToken_IsRefused(string? token)
    {
        await using var gateway = await GatewayFixture.StartAsync(options => options.AdminTokenFile = _file);

        using var answer = await SendAsync(gateway, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.DoesNotContain("services", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Status_EmptyTokenFile_OpensNothing()
    {
        await File.WriteAllTextAsync(_file, "\n", TestContext.Current.CancellationToken);
        await using var gateway = await GatewayFixture.StartAsync(options => options.AdminTokenFile = _file);

        using var answer = await SendAsync(gateway, "");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Status_WithoutTokenFile_IsNoPath()
    {
        await using var gateway = await GatewayFixture.StartAsync();

        using var answer = await SendAsync(gateway, Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<GatewayStatusDto> AskAsync(GatewayFixture gateway)
    {
        using var answer = await SendAsync(gateway, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(), ContractsJson.Default.GatewayStatusDto)!;
    }

    private static async Task<HttpResponseMessage> SendAsync(GatewayFixture gateway, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.GatewayStatus);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await gateway.Client.SendAsync(request);
    }
}
