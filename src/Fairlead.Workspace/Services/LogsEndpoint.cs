using System.Buffers;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Workspace.Services;

/// <summary>
/// <c>GET /services/{name}/logs</c>: <c>{"replica", "text"}</c> on each line, or plain text to those who ask for it.
/// </summary>
internal static class LogsEndpoint
{
    public const string JsonLines = "application/x-ndjson";
    public const string Text = "text/plain";

    private const int MostLines = 1_000_000;

    public static async Task WriteAsync(
        string name, int? lines, bool? follow, bool? init, string? replica, HttpContext context, WorkspaceDb db, ComputeTargets computes,
        IHostApplicationLifetime lifetime)
    {
        // Who follows must not hold up the end of the server.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var cancellationToken = ending.Token;
        if (lines is < 0 or > MostLines)
        {
            throw FairleadException.InvalidArgument("lines", lines, FormattableString.Invariant($"from 0 to {MostLines}"));
        }

        var service = await ServiceReader.GetRowAsync(db, name, cancellationToken);
        var compute = await computes.FindAsync(service.ComputeName, cancellationToken);
        var query = new LogQuery(Follow: follow ?? false, Init: init ?? false, Replica: replica);
        query = lines is null ? query : query with { Lines = lines.Value };
        var isText = context.Request.Headers.Accept.ToString().Contains(Text, StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = (isText ? Text : JsonLines) + "; charset=utf-8";

        // Whoever follows sees that it has begun before the first new line comes.
        await context.Response.StartAsync(cancellationToken);
        if (query.Follow)
        {
            await context.Response.Body.FlushAsync(cancellationToken);
        }

        try
        {
            await foreach (var line in compute.ReadLogsAsync(name, query, cancellationToken))
            {
                Write(context.Response.BodyWriter, line, isText);
                if (query.Follow || context.Response.BodyWriter.UnflushedBytes > 32 * 1024)
                {
                    await context.Response.BodyWriter.FlushAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The answer ends here, whole lines only.
        }
    }

    private static void Write(IBufferWriter<byte> output, ReplicaLogLine line, bool isText)
    {
        if (isText)
        {
            Encoding.UTF8.GetBytes($"{line.Replica} {line.Text}\n", output);
            return;
        }

        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("replica", line.Replica);
            json.WriteString("text", line.Text);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
