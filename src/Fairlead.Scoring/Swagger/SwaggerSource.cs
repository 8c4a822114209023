using System.Text;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;

namespace Fairlead.Scoring.Swagger;

/// <summary><c>/swagger.json</c>: the user's file of the version asked for, else a generated document (§3.2).</summary>
internal sealed class SwaggerSource(ScoringOptions options, IScorer scorer)
{
    public Task WriteAsync(HttpContext context)
    {
        var asked = context.Request.Query["version"];
        var text = asked.Count == 0 ? "2" : asked[0] ?? "";
        if (SwaggerVersions.Parse(text) is not { } version)
        {
            return NotFoundAsync($"Swagger version [{text}] is not valid. Supported versions: {Available()}.");
        }

        if (FindFile(version) is { } file)
        {
            return WriteFileAsync(context, file);
        }

        var schema = scorer.Schema;
        return schema.Versions.Contains(version)
            ? WriteAsync(context, Encoding.UTF8.GetBytes(Generate(version, schema)))
            : NotFoundAsync(
                $"Swagger version [{text}] is not supported for the scoring script. "
                + $"Supported swagger versions: {Available()}.");

        Task NotFoundAsync(string message) =>
            ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, message);
    }

    private string Generate(SwaggerVersion version, ServiceSchema schema)
    {
        var document = new SwaggerDocument(options, schema);
        return version switch
        {
            SwaggerVersion.V2 => document.Version2(),
            SwaggerVersion.V3 => document.Version3("3.0.3"),
            SwaggerVersion.V31 => document.Version3("3.1.0"),
        };
    }

    private string Available() => SwaggerVersions.List(
        SwaggerVersions.All.Where(version => scorer.Schema.Versions.Contains(version) || FindFile(version) is not null));

    /// <summary>Looked for at every request: a driver script may write its file in init().</summary>
    private string? FindFile(SwaggerVersion version)
    {
        string[] names = version switch
        {
            SwaggerVersion.V2 => ["swagger.json", "swagger2.json"],
            SwaggerVersion.V3 => ["swagger3.json"],
            SwaggerVersion.V31 => ["swagger3.1.json"],
        };
        return names.Select(name => Path.Combine(options.AppRoot, name)).FirstOrDefault(File.Exists);
    }

    private static async Task WriteFileAsync(HttpContext context, string file) =>
        await WriteAsync(context, await File.ReadAllBytesAsync(file, context.RequestAborted));

    private static async Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
