using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Swagger;

namespace Fairlead.Scoring.Workers;

/// <summary>What a worker says of its script once <c>init()</c> has ended.</summary>
/// <param name="IsRaw"><c>run()</c> takes the request itself (§3.1).</param>
/// <param name="Streams">Requests it takes at a time: 1, unless <c>run()</c> is a coroutine or batches are served.</param>
/// <param name="Schema">What <c>run()</c> takes and returns.</param>
internal sealed record WorkerDescription(bool IsRaw, int Streams, ServiceSchema Schema)
{
    public static WorkerDescription Default { get; } = new(false, 1, ServiceSchema.Undecorated);

    /// <summary>Lists in lists of a sample make schemas that are twice as deep.</summary>
    private const int MaxDepth = 512;

    public static WorkerDescription FromReady(ReadOnlySequence<byte> payload)
    {
        try
        {
            var ready = JsonNode.Parse(payload.ToArray(), null, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return new WorkerDescription(
                (string?)ready?["mode"] == "raw", (int?)ready?["streams"] ?? 1, ServiceSchema.From(ready?["swagger"]));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new StartException($"The worker did not describe itself in JSON: {exception.Message}", exception);
        }
    }
}
