using Fairlead.Host.GatewayRole;

namespace Fairlead.Host.Tests.GatewayRole;

public sealed class RoutesFileTests
{
    [Fact]
    public void Parse_ServiceWithReplicas_BecomesRoute()
    {
        var route = Assert.Single(RoutesFile.Parse("""
            { "services": [ { "name": "iris", "authEnabled": false, "maxConcurrentRequestsPerContainer": 3,
              "replicas": [ "http://10.0.0.5:5001", "http://10.0.0.6:5001" ] } ] }
            """));

        Assert.Equal("iris", route.Service);
        Assert.Equal(2, route.DesiredReplicas);
        Assert.False(route.Spec.IsAutoscaled);
        Assert.All(route.Replicas, replica => Assert.Equal(3, replica.MaxConcurrentRequests));
        Assert.Equal(["10.0.0.5:5001", "10.0.0.6:5001"], route.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void Parse_Endpoint_BecomesRouteAfterItsServices()
    {
        var routes = RoutesFile.Parse("""
            { "endpoints": [ { "name": "iris", "authEnabled": false, "stickyHeader": "x-user", "versions": [
                { "name": "blue", "service": "iris-blue", "isControl": true },
                { "name": "green", "service": "iris-green", "trafficPercentile": 12.5 },
                { "name": "grey", "service": "iris-green", "shadowPercentile": 5 } ] } ],
              "services": [ { "name": "iris-blue", "authEnabled": false }, { "name": "iris-green", "authEnabled": false } ] }
            """);

        Assert.Equal(["iris-blue", "iris-green", "iris"], routes.Select(route => route.Service));
        var traffic = routes[2].Traffic!;
        Assert.Equal("blue", traffic.DefaultVersion);
        Assert.Equal("x-user", traffic.StickyHeader);
        Assert.Equal(12.5m, traffic.Versions[1].TrafficPercentile);
        Assert.Equal(5m, traffic.Versions[2].ShadowPercentile);
        Assert.False(routes[2].Spec.IsAutoscaled);
    }

    [Theory]
    [InlineData("\"versions\": []", "versions has '0'; allowed: 1 to 6")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"none\" }]", "versions.service has 'none'")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\", \"trafficPercentile\": 100.5 }]", "versions.trafficPercentile has '100.5'; allowed: 0 to 100")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\", \"trafficPercentile\": 60 }, { \"name\": \"b\", \"service\": \"s\", \"trafficPercentile\": 60 }]", "has '120'; allowed: 100 at most")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\" }, { \"name\": \"a\", \"service\": \"s\" }]", "each name once")]
    [InlineData("\"defaultVersion\": \"z\", \"versions\": [{ \"name\": \"a\", \"service\": \"s\" }]", "defaultVersion has 'z'")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\", \"isControl\": true }, { \"name\": \"b\", \"service\": \"s\", \"isControl\": true }]", "one version at most")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\", \"shadowPercentile\": 10 }]", "versions.shadowPercentile has '10'; allowed: 0, since")]
    [InlineData("\"versions\": [{ \"name\": \"a\", \"service\": \"s\" }, { \"name\": \"b\", \"service\": \"s\", \"shadowPercentile\": 101 }]", "shadowPercentile has '101'; allowed: 0 to 100")]
    public void Parse_BadEndpoint_NamesWhatIsWrong(string members, string named)
    {
        var json = $$"""
            { "services": [ { "name": "s", "authEnabled": false } ],
              "endpoints": [ { "name": "e", "authEnabled": false, {{members}} } ] }
            """;

        Assert.Contains(
            named, Assert.Throws<InvalidDataException>(() => RoutesFile.Parse(json)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "services": [ { "name": "iris" } ] }""", "keyHashes")]
    [InlineData("""{ "services": [ { "name": "iris", "keyHashes": ["abc"] } ] }""", "abc")]
    [InlineData("""{ "services": [ { "name": "iris", "authEnabled": false, "replicas": ["ftp://x"] } ] }""", "ftp://x")]
    [InlineData("""{ "services": [ { "name": "iris", "replica": [] } ] }""", "replica")]
    [InlineData("""{ "services": [ { "name": "a", "authEnabled": false }, { "name": "a", "authEnabled": false } ] }""", "'a'")]
    [InlineData("""{ "services": [ { "name": "a", "authEnabled": false, "tokenAuthEnabled": true } ] }""", "tokenIssuers")]
    [InlineData("""{ "services": [ { "name": "a", "tokenAuthEnabled": true, "keyHashes": [] } ] }""", "authEnabled false")]
    [InlineData("""{ "services": [ { "name": "a", "authEnabled": false, "tokenAuthEnabled": true, "tokenIssuers": [{ "issuer": "http://i.test", "audience": "a" }] } ] }""", "https")]
    [InlineData("null", "null")]
    public void Parse_BadFile_NamesWhatIsWrong(string json, string named) => Assert.Contains(
        named, Assert.Throws<InvalidDataException>(() => RoutesFile.Parse(json)).Message, StringComparison.Ordinal);
}
