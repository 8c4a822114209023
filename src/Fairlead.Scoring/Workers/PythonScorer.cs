using System.Threading.Channels;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Swagger;

namespace Fairlead.Scoring.Workers;

/// <summary>Answers with the user's <c>run()</c> in a worker process.</summary>
internal sealed class PythonScorer(ScoringOptions options, TimeProvider time, ILogger logger) : IScorer
{
    private readonly WorkerLauncher _launcher = new(options, time);
    private WorkerPool? _pool;

    public Task<StartException> Fatal => Pool.Fatal;

    public ServiceSchema Schema => Pool.Description.Schema;

    public bool IsRaw => Pool.Description.IsRaw;

    private WorkerPool Pool => _pool ??= new WorkerPool(_launcher, options, time, logger);

    public Task StartAsync(CancellationToken cancellationToken) => Pool.StartAsync().WaitAsync(cancellationToken);

    public async Task ScoreAsync(HttpContext context)
    {
        PythonWorker worker;
        try
        {
            worker = await Pool.RentAsync(context.RequestAborted);
        }
        catch (ChannelClosedException)
        {
            await ErrorResponse.WriteRefusedAsync(context, "draining");
            return;
        }

        await new WorkerExchange(worker, Pool, context, options, time, logger).RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_pool is not null)
        {
            await _pool.DisposeAsync();
        }

        _launcher.Dispose();
    }
}
