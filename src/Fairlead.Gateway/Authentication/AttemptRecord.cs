using System.Runtime.CompilerServices;

namespace Fairlead.Gateway.Authentication;

/// <summary>The attempts of one address.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AttemptRecord(BruteForceOptions options, TimeSpan now)
{
    private readonly Lock _lock = new();
    private readonly BruteForceOptions _options = options;
    private double _left = options.Attempts;
    private TimeSpan _at = now;
    private Fingerprints _wrong;
    private Fingerprints _right;
    private int _wrongCount;
    private int _rightCount;

    /// <summary>How long until a credential may be tried; zero when it may be now. One that this address sent before is no
    /// guess: if it was right, callers behind the same address go on working; if it was wrong, nothing is learnt.</summary>
    public TimeSpan WaitFor(ulong credential, TimeSpan now)
    {
        lock (_lock)
        {
            Refill_NeedsLock(now);
            return _left >= 1 || Contains(_right, credential) || Contains(_wrong, credential)
                ? TimeSpan.Zero
                : _options.Recovery * (1 - _left);
        }
    }

    public void Failed(ulong credential, TimeSpan now)
    {
        lock (_lock)
        {
            Refill_NeedsLock(now);
            if (!Contains(_wrong, credential))
            {
                _wrong[_wrongCount++ % Fingerprints.Count] = credential;

                // Guesses sent at the same time all count, so it can fall below nothing.
                _left = Math.Max(_left - 1, -_options.Attempts);
            }
        }
    }

    public void Succeeded(ulong credential)
    {
        lock (_lock)
        {
            if (!Contains(_right, credential))
            {
                _right[_rightCount++ % Fingerprints.Count] = credential;
            }
        }
    }

    /// <summary>Whether it tells no more than one that is not there.</summary>
    public bool IsIdle(TimeSpan now)
    {
        lock (_lock)
        {
            Refill_NeedsLock(now);
            return _left >= _options.Attempts;
        }
    }

    private void Refill_NeedsLock(TimeSpan now)
    {
        _left = Math.Min(_options.Attempts, _left + ((now - _at) / _options.Recovery));
        _at = now;
    }

    private static bool Contains(ReadOnlySpan<ulong> known, ulong credential) => known.Contains(credential);

    [InlineArray(Count)]
    private struct Fingerprints
    {
        public const int Count = 8;

#pragma warning disable IDE0044, IDE0051 // The array's one declared element.
        private ulong _first;
#pragma warning restore IDE0044, IDE0051
    }
}
