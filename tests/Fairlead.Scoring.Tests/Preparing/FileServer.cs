using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Scoring.Tests.Preparing;

/// <summary>A web server with one file, that breaks connections off when told to.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app) => _app = app;

    /// <summary>What it gives out.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>Whether it honours <c>Range</c>.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>Bytes after which the next answers are cut off; the queue's end: none is.</summary>
    public ConcurrentQueue<int> CutsAfter { get; } = new();

    /// <summary>Status codes of the next answers, in place of the file.</summary>
    public ConcurrentQueue<int> Codes { get; } = new();

    /// <summary>First byte that each request asked for.</summary>
    public ConcurrentQueue<long> Offsets { get; } = new();

    public string Url => _app.Urls.First() + "/file";

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new FileServer(app);
        app.MapGet("/{**path}", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0;
        Offsets.Enqueue(range);
        if (Codes.TryDequeue(out var code))
        {
            context.Response.StatusCode = code;
            return;
        }

        var from = HasRanges ? range : 0;
        if (from >= Content.Length && from > 0)
        {
            context.Response.StatusCode = 416;
            context.Response.Headers.ContentRange = $"bytes */{Content.Length}";
            return;
        }

        context.Response.StatusCode = from > 0 ? 206 : 200;
        if (from > 0)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        context.Response.ContentLength = Content.Length - from;
        var rest = Content.AsMemory((int)from);
        if (CutsAfter.TryDequeue(out var cut))
        {
            await context.Response.Body.WriteAsync(rest[..cut]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(rest);
    }
}
