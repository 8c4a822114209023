using Fairlead.Workspace.Tokens;

namespace Fairlead.Workspace.Tests.Tokens;

public sealed class TokenKeyScheduleTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static readonly TokenOptions Options = new()
    {
        Lifetime = TimeSpan.FromHours(12),
        KeyLifetime = TimeSpan.FromDays(30),
        PublishAhead = TimeSpan.FromHours(1),
    };

    [Fact]
    public void FirstKey_SignsAtOnce() => Assert.Equal(Start, TokenKeySchedule.NextSignsFrom([], Start, Options));

    [Theory]
    [InlineData(0, null)]
    [InlineData(719 - 1, null)]
    [InlineData(719, 720)]
    [InlineData(5000, 5001)]
    public void NextKey_IsPublishedBeforeItSigns(int hour, int? signsFrom) => Assert.Equal(
        signsFrom is { } from ? Start.AddHours(from) : null,
        TokenKeySchedule.NextSignsFrom([Key("a", 0)], Start.AddHours(hour), Options));

    [Theory]
    [InlineData(0, "a")]
    [InlineData(719.9, "a")]
    [InlineData(720, "b")]
    public void Signing_IsTheNewestWhoseTimeHasCome(double hour, string id) => Assert.Equal(
        id, TokenKeySchedule.Signing([Key("b", 720), Key("a", 0)], Start.AddHours(hour))!.Id);

    [Theory]
    [InlineData(732, "")]
    [InlineData(732.2, "a")]
    public void Key_EndsWithItsLastToken(double hour, string ended) => Assert.Equal(
        ended, string.Concat(TokenKeySchedule.Ended([Key("b", 720), Key("a", 0)], Start.AddHours(hour), Options).Select(key => key.Id)));

    private static TokenKeyRow Key(string id, double hour) =>
        new() { Id = id, PrivateKey = "", PublicJwk = "", SignsFrom = Start.AddHours(hour) };
}
