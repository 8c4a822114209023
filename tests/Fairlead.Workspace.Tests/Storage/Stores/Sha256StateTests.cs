using System.Security.Cryptography;
using Fairlead.Workspace.Storage.Remote;

namespace Fairlead.Workspace.Tests.Storage.Stores;

public sealed class Sha256StateTests
{
    [Fact]
    public void Finish_AnyLength_IsTheFrameworksHash()
    {
        var content = RandomNumberGenerator.GetBytes(1000);

        for (var length = 0; length <= content.Length; length++)
        {
            Assert.Equal(SHA256.HashData(content.AsSpan(0, length)), new Sha256State().Finish(content.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Restore_AfterAnyBlock_GoesOn()
    {
        var content = RandomNumberGenerator.GetBytes(10_000);
        for (var at = 0; at < content.Length; at += Sha256State.BlockBytes)
        {
            var before = new Sha256State();
            before.Append(content.AsSpan(0, at));

            Assert.Equal(SHA256.HashData(content), Sha256State.Restore(before.Save(), at).Finish(content.AsSpan(at)));
        }
    }
}
