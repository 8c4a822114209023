using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Authentication;

/// <summary>
/// Slows guessing of keys and tokens: an address that sends many different wrong credentials has to wait. While no address
/// has failed lately it costs a request one read of a number.
/// </summary>
/// <remarks>Each gateway counts for itself. Thread-safe.</remarks>
internal sealed class FailedAttempts(IOptions<GatewayOptions> options, TimeProvider time)
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly BruteForceOptions _options = options.Value.BruteForce;
    private readonly ConcurrentDictionary<ClientAddress, AttemptRecord> _records = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _sweeping = new();
    private TimeSpan _sweptAt;
    private int _count;

    /// <summary>Whether any address is watched; when none is, nothing else need be asked.</summary>
    public bool IsWatching => Volatile.Read(ref _count) > 0;

    /// <summary>Addresses that are remembered.</summary>
    public int Count => _records.Count;

    /// <summary>How long until the address may try this credential; zero when it may now.</summary>
    public TimeSpan WaitFor(IPAddress? address, in CredentialHash credential) =>
        IsWatching && _records.TryGetValue(ClientAddress.Of(address), out var record)
            ? record.WaitFor(credential.A, Now)
            : TimeSpan.Zero;

    public void Failed(IPAddress? address, in CredentialHash credential)
    {
        if (!_options.Enabled)
        {
            return;
        }

        var now = Now;
        var key = ClientAddress.Of(address);
        if (!_records.TryGetValue(key, out var record))
        {
            MakeRoom(now);
            record = _records.GetOrAdd(key, static (_, made) => new AttemptRecord(made._options, made.Now), (_options, Now: now));
        }

        record.Failed(credential.A, now);
        Volatile.Write(ref _count, _records.Count);
    }

    public void Succeeded(IPAddress? address, in CredentialHash credential)
    {
        if (IsWatching && _records.TryGetValue(ClientAddress.Of(address), out var record))
        {
            record.Succeeded(credential.A);
            MakeRoom(Now);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    // Now and then the idle ones go; one more than allowed drives another out, whichever comes first.
    private void MakeRoom(TimeSpan now)
    {
        lock (_sweeping)
        {
            if (now - _sweptAt < SweepPeriod && _records.Count < _options.MaxAddresses)
            {
                return;
            }

            if (now - _sweptAt >= SweepPeriod)
            {
                _sweptAt = now;
                foreach (var (address, record) in _records)
                {
                    if (record.IsIdle(now))
                    {
                        _records.TryRemove(address, out _);
                    }
                }
            }

            foreach (var (address, _) in _records)
            {
                if (_records.Count < _options.MaxAddresses)
                {
                    break;
                }

                _records.TryRemove(address, out _);
            }

            Volatile.Write(ref _count, _records.Count);
        }
    }
}
