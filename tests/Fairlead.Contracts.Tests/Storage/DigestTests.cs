using System.Security.Cryptography;
using Fairlead.Contracts.Storage;

namespace Fairlead.Contracts.Tests.Storage;

public sealed class DigestTests
{
    [Fact]
    public void Of_Hash_IsValidAndKnown()
    {
        var digest = Digest.Of(SHA256.HashData("abc"u8));

        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest);
        Assert.True(Digest.IsValid(digest));
        Assert.Equal(64, Digest.Hex(digest).Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:../../../../etc/passwd0000000000000000000000000000000000000000000")]
    public void IsValid_AnyOtherText_IsFalse(string? text)
    {
        Assert.False(Digest.IsValid(text));
    }
}
