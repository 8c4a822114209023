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
