using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Swagger;

namespace Fairlead.Scoring.Http;

/// <summary>What answers <c>/score</c>: Python workers, or an ONNX model in this process.</summary>
internal interface IScorer : IAsyncDisposable
{
    /// <summary>Completes when requests can be answered; throws <see cref="StartException"/> when they never will be.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Completes when the scorer has failed for good after its start; the host then ends.</summary>
    Task<StartException> Fatal { get; }

    /// <summary>What it takes and answers, for <c>/swagger.json</c>; known once <see cref="StartAsync"/> has completed.</summary>
    ServiceSchema Schema => ServiceSchema.Undecorated;

    /// <summary>True: it takes requests of every method, and bodies as they were sent (§3.1).</summary>
    bool IsRaw => false;

    /// <summary>Writes the whole answer. Returns when what served it is free again, even if the client left earlier.</summary>
    Task ScoreAsync(HttpContext context);
}
