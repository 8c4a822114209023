using System.Net;
using Fairlead.Gateway.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Authentication;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Guesses_AreSlowedAndRecover()
    {
        var attempts = Attempts();
        Guess(attempts, Home, 0, 20);

        Assert.Equal(TimeSpan.FromSeconds(6), attempts.WaitFor(Home, Key(100)));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.Zero, attempts.WaitFor(Home, Key(100)));
        attempts.Failed(Home, Key(100));
        Assert.Equal(TimeSpan.FromSeconds(6), attempts.WaitFor(Home, Key(101)));
    }

    [Fact]
    public void Guesses_OfOneAddress_LeaveOthersAlone()
    {
        var attempts = Attempts();
        Guess(attempts, Home, 0, 20);

        Assert.Equal(TimeSpan.Zero, attempts.WaitFor(IPAddress.Parse("192.0.2.2"), Key(1)));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    public void Address_IsTheNetworkOfTheClient(string first, string second, bool same)
    {
        var attempts = Attempts();
        Guess(attempts, IPAddress.Parse(first), 0, 20);

        Assert.Equal(same, attempts.WaitFor(IPAddress.Parse(second), Key(100)) > TimeSpan.Zero);
    }

    [Fact]
    public void SameWrongKey_AgainAndAgain_IsOneAttempt()
    {
        var attempts = Attempts();
        for (var index = 0; index < 1000; index++)
        {
            attempts.Failed(Home, Key(7));
        }

        Assert.Equal(TimeSpan.Zero, attempts.WaitFor(Home, Key(8)));
    }

    [Fact]
    public void RightKey_UsedBefore_WorksWhileOthersBehindTheAddressGuess()
    {
        var attempts = Attempts();
        attempts.Failed(Home, Key(0));
        attempts.Succeeded(Home, Key(1000));
        Guess(attempts, Home, 1, 50);

        Assert.Equal(TimeSpan.Zero, attempts.WaitFor(Home, Key(1000)));
        Assert.NotEqual(TimeSpan.Zero, attempts.WaitFor(Home, Key(2000)));
    }

    [Fact]
    public void Addresses_AreBoundedAndForgotten()
    {
        var attempts = Attempts(options => options.MaxAddresses = 100);
        for (var index = 0; index < 1000; index++)
        {
            attempts.Failed(new IPAddress(index + 1), Key(index));
        }

        Assert.Equal(100, attempts.Count);
        _time.Advance(TimeSpan.FromHours(1));
        attempts.Failed(Home, Key(1));
        Assert.Equal(1, attempts.Count);
        _time.Advance(TimeSpan.FromHours(1));
        attempts.Succeeded(Home, Key(2));
        Assert.False(attempts.IsWatching);
    }

    [Fact]
    public void SwitchedOff_NeverSlows()
    {
        var attempts = Attempts(options => options.Enabled = false);
        Guess(attempts, Home, 0, 1000);

        Assert.Equal(TimeSpan.Zero, attempts.WaitFor(Home, Key(1)));
        Assert.False(attempts.IsWatching);
    }

    private FailedAttempts Attempts(Action<BruteForceOptions>? configure = null)
    {
        var options = new GatewayOptions();
        configure?.Invoke(options.BruteForce);
        return new FailedAttempts(Options.Create(options), _time);
    }

    private static void Guess(FailedAttempts attempts, IPAddress address, int from, int count)
    {
        for (var index = from; index < from + count; index++)
        {
            attempts.Failed(address, Key(index));
        }
    }

    private static CredentialHash Key(int number) => CredentialHash.Of("key" + number);
}
