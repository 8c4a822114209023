using System.Text;
using CsCheck;
using Fairlead.Gateway.Forwarding;

namespace Fairlead.Gateway.Tests.Forwarding;

/// <summary>Heads of any form: read or refused, and never coloured by what the same connection read before.</summary>
public sealed class ResponseHeadPropertyTests
{
    [Fact]
    public void Bytes_Any_AreReadOrRefused() =>
        Gen.Byte.Array[0, 300].Sample(static bytes => Read(new ResponseHead(), bytes));

    [Fact]
    public void Head_WithChangedBytes_IsReadOrRefused() =>
        AnswerGen.Changed(AnswerGen.Head).Sample(static bytes => Read(new ResponseHead(), bytes));

    [Fact]
    public void Head_AfterOthers_ReadsAsOnANewConnection() =>
        Gen.OneOf(AnswerGen.Head, AnswerGen.Changed(AnswerGen.Head)).Array[1, 6].Sample(static heads =>
        {
            var reused = new ResponseHead();
            foreach (var head in heads)
            {
                Assert.Equal(Read(new ResponseHead(), head), Read(reused, head));
            }
        });

    [Fact]
    public void Head_Valid_HasItsLinesAsTheyWereWritten() =>
        AnswerGen.Lines.Sample(static lines =>
        {
            var head = new ResponseHead();
            head.Parse(Encoding.Latin1.GetBytes(
                "HTTP/1.1 200 OK\r\n" + string.Concat(lines.Select(static line => $"{line.Name}:{line.Space}{line.Value}\r\n")) + "\r\n"));
            Assert.Equal(
                lines.Select(static line => (line.Name, line.Value)), Enumerable.Range(0, head.Count).Select(i => head[i]));
        });

    // All that a head says, or that it was refused.
    private static string Read(ResponseHead head, byte[] bytes)
    {
        try
        {
            head.Parse(bytes);
        }
        catch (BadAnswerException refused)
        {
            return refused.Message;
        }

        var lines = Enumerable.Range(0, head.Count).Select(i => $"{head[i]} {head.GoesOn(i)}");
        return $"{head.Status} {head.Reason} {head.ContentLength} {head.IsChunked} {head.KeepsAlive} {string.Join('\n', lines)}";
    }
}
