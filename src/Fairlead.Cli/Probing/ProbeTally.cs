using System.Text.Json.Nodes;

namespace Fairlead.Cli.Probing;

/// <summary>What came of the requests of a probe so far. Any thread may count.</summary>
internal sealed class ProbeTally(TimeProvider time)
{
    private const int MaxExamples = 20;

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _latency = new();
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly JsonArray _examples = [];
    private readonly long _startedAt = time.GetTimestamp();
    private long? _answeredAt;
    private TimeSpan _longestGap;
    private TimeSpan _longestGapAt;
    private long _sent;
    private long _answered;
    private long _failed;

    public long Failed
    {
        get
        {
            lock (_lock)
            {
                return _failed;
            }
        }
    }

    public void Sent()
    {
        lock (_lock)
        {
            _sent++;
        }
    }

    /// <param name="status">For example <c>200</c>.</param>
    /// <param name="latency">From the moment it was due, so that a stall counts for all that waited for it.</param>
    public void Answered(string status, TimeSpan latency)
    {
        lock (_lock)
        {
            _answered++;
            _latency.Add(latency);
            Count_NeedsLock(status);
            var now = time.GetTimestamp();
            var gap = time.GetElapsedTime(_answeredAt ?? _startedAt, now);
            if (gap > _longestGap)
            {
                (_longestGap, _longestGapAt) = (gap, time.GetElapsedTime(_startedAt, now) - gap);
            }

            _answeredAt = now;
        }
    }

    /// <param name="outcome">Status and who answered, or what broke.</param>
    /// <param name="detail">More words; null for none.</param>
    /// <param name="requestId">Null when no answer came.</param>
    public void HasFailed(string outcome, string? detail, string? requestId)
    {
        lock (_lock)
        {
            _failed++;
            Count_NeedsLock(outcome);
            if (_examples.Count < MaxExamples)
            {
                _examples.Add((JsonNode)new JsonObject
                {
                    ["atSeconds"] = Math.Round(time.GetElapsedTime(_startedAt).TotalSeconds, 3),
                    ["outcome"] = outcome,
                    ["detail"] = detail,
                    ["requestId"] = requestId,
                });
            }
        }
    }

    /// <summary>One line for a person who watches.</summary>
    public string ToLine()
    {
        lock (_lock)
        {
            return FormattableString.Invariant(
                $"{time.GetElapsedTime(_startedAt).TotalSeconds:0} s: {_sent} sent, {_answered} answered, {_failed} failed, p50 {_latency.PercentileMs(0.5):0.0} ms, p99 {_latency.PercentileMs(0.99):0.0} ms");
        }
    }

    public JsonObject ToJson()
    {
        lock (_lock)
        {
            // Answers that never came make a gap, too.
            var last = time.GetElapsedTime(_answeredAt ?? _startedAt);
            if (_failed > 0 && last > _longestGap)
            {
                (_longestGap, _longestGapAt) = (last, time.GetElapsedTime(_startedAt) - last);
            }

            return new JsonObject
            {
                ["seconds"] = Math.Round(time.GetElapsedTime(_startedAt).TotalSeconds, 3),
                ["sent"] = _sent,
                ["answered"] = _answered,
                ["failed"] = _failed,
                ["outcomes"] = new JsonObject(_outcomes.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["latencyMs"] = new JsonObject
                {
                    ["mean"] = Round(_latency.MeanMs),
                    ["p50"] = Round(_latency.PercentileMs(0.5)),
                    ["p90"] = Round(_latency.PercentileMs(0.9)),
                    ["p99"] = Round(_latency.PercentileMs(0.99)),
                    ["p999"] = Round(_latency.PercentileMs(0.999)),
                    ["max"] = Round(_latency.MaxMs),
                },
                ["longestGapMs"] = Round(_longestGap.TotalMilliseconds),
                ["longestGapAtSeconds"] = Math.Round(_longestGapAt.TotalSeconds, 3),
                ["failures"] = _examples.DeepClone(),
            };
        }
    }

    private static double Round(double milliseconds) => Math.Round(milliseconds, 2);

    private void Count_NeedsLock(string outcome) => _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
}
