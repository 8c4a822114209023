using System.Text;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Manifests;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Manifests;

public sealed class KeysSecretManifestTests
{
    [Fact]
    public void Tokens_WrittenAndRead_AreTheSame()
    {
        var tokens = new WorkspaceTokens("issuer", "audience", """{"keys":[]}""") { NotBefore = DateTimeOffset.UnixEpoch };

        Assert.Equal(tokens, KeysSecretManifest.ReadTokens(With(KeysSecretManifest.Write(tokens))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    public void Tokens_OfSecretThatIsWrong_AreNone(string text) =>
        Assert.Null(KeysSecretManifest.ReadTokens(With(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Tokens_OfSecretWithKeysAlone_AreNone()
    {
        Assert.Null(KeysSecretManifest.ReadTokens(null));
        Assert.Null(KeysSecretManifest.ReadTokens(new V1Secret()));
    }

    private static V1Secret With(byte[] tokens) => new() { Data = new Dictionary<string, byte[]> { [KeysSecretManifest.Tokens] = tokens } };
}
