using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Attaching;

namespace Fairlead.Kubernetes.Tests.Attaching;

public sealed class KubeconfigTests
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
          - {name: c1, cluster: {server: "https://one.test:6443", certificate-authority-data: Y2E=}}
          - {name: c2, cluster: {server: "https://two.test:6443"}}
        users:
          - {name: u1, user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}}
          - {name: u2, user: {token: secret-token}}
        contexts:
          - {name: one, context: {cluster: c1, user: u1}}
          - {name: two, context: {cluster: c2, user: u2}}
        """;

    [Fact]
    public void Reduce_NoContextNamed_KeepsTheCurrentOneAlone()
    {
        var reduced = Kubeconfig.Reduce(Two, null);

        Assert.Equal("https://one.test:6443", Kubeconfig.ServerOf(reduced));
        Assert.DoesNotContain("secret-token", reduced);
        Assert.DoesNotContain("two.test", reduced);
    }

    [Fact]
    public void Reduce_ContextNamed_KeepsItsCluster()
    {
        var configuration = Kubeconfig.Read(Kubeconfig.Reduce(Two, "two"));

        Assert.Equal(("https://two.test:6443", "secret-token"), (configuration.Host, configuration.AccessToken));
    }

    [Theory]
    [InlineData("context: {cluster: c1, user: u1}", "context: {cluster: c9, user: u1}", "c9")]
    [InlineData("current-context: one", "current-context: nine", "it has: one, two")]
    [InlineData("https://one.test:6443", "http://one.test:6443", "https URL")]
    [InlineData("certificate-authority-data: Y2E=", "certificate-authority: /etc/ca.crt", "certificate-authority-data")]
    [InlineData("client-key-data: a2V5", "client-key: /etc/shadow", "client-key-data")]
    [InlineData("client-certificate-data: Y2VydA==, client-key-data: a2V5", "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}", "a server must not run")]
    [InlineData("client-certificate-data: Y2VydA==, client-key-data: a2V5", "impersonate: root", "neither token")]
    public void Reduce_WhatAServerMustNotUse_IsRefusedByName(string before, string after, string told)
    {
        var exception = Assert.Throws<FairleadException>(() => Kubeconfig.Reduce(Two.Replace(before, after, StringComparison.Ordinal), null));

        Assert.Equal(ErrorCodes.InvalidArgument, exception.Error.Code);
        Assert.Contains(told, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ not: [yaml")]
    [InlineData("just text with secret-token")]
    public void Reduce_NoKubeconfig_IsRefusedWithoutItsText(string text)
    {
        var exception = Assert.Throws<FairleadException>(() => Kubeconfig.Reduce(text, null));

        Assert.DoesNotContain("secret-token", exception.Message, StringComparison.Ordinal);
    }
}
