using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>The frames that answer one request.</summary>
internal interface IWorkerStream
{
    uint Id { get; }

    /// <summary>True when another frame has already arrived.</summary>
    bool HasMore { get; }

    /// <summary>The next frame; throws <see cref="WorkerLostException"/> when there will be none.</summary>
    ValueTask<Frame> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Says that this much of the body has been passed on, so that the worker may send as much again.</summary>
    ValueTask CreditAsync(int bytes);

    /// <summary>No frame comes any more.</summary>
    void Close();
}
