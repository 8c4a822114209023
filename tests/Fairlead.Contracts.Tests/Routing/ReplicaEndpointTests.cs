using Fairlead.Contracts.Routing;

namespace Fairlead.Contracts.Tests.Routing;

public sealed class ReplicaEndpointTests
{
    [Theory]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("ftp://127.0.0.1:1")]
    [InlineData("/relative")]
    public void Address_WithoutHttp_IsRefused(string address)
    {
        var uri = new Uri(address, UriKind.RelativeOrAbsolute);

        var made = Assert.Throws<ArgumentException>(() => new ReplicaEndpoint("r1", uri, 1, false));
        Assert.Throws<ArgumentException>(() => new ReplicaEndpoint("r1", new Uri("http://a"), 1, false) with { Address = uri });

        Assert.Contains($"'{address}'; it must begin with http://", made.Message, StringComparison.Ordinal);
    }
}
