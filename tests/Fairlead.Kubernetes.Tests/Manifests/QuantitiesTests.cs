using Fairlead.Kubernetes.Manifests;

namespace Fairlead.Kubernetes.Tests.Manifests;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData(0.1, "100m")]
    [InlineData(1, "1")]
    [InlineData(1.5, "1500m")]
    [InlineData(0.0001, "1m")]
    [InlineData(64, "64")]
    public void Cores_AreWrittenAsTheServerDoes(double cores, string text) => Assert.Equal(text, Quantities.Cores(cores));

    [Theory]
    [InlineData(0.5, "512Mi")]
    [InlineData(1, "1Gi")]
    [InlineData(2.25, "2304Mi")]
    [InlineData(0.0009765625, "1Mi")]
    [InlineData(0.1, "107374182")]
    public void Gigabytes_AreOf2To30Bytes(double gigabytes, string text) => Assert.Equal(text, Quantities.Gigabytes(gigabytes));
}
