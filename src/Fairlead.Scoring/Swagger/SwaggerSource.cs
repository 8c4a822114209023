using System.Text;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;

namespace Fairlead.Scoring.Swagger;

/// <summary><c>/swagger.json</c>: the user's file of the version asked for, else a generated document (§3.2).</summary>
internal sealed class SwaggerSource(ScoringOptions options)
{
    /// <summary>As §3.7's start-up line has it.</summary>
    public const string Versions = "[2, 3, 3.1]";

    private readonly SwaggerDocument _document = new(options);

    public async Task WriteAsync(HttpContext context)
    {
        var asked = context.Request.Query["version"];
        var version = asked.Count == 0 ? "2" : asked[0] ?? "";
        if (Find(version) is not { } found)
        {
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status404NotFound,
                $"Swagger version [{version}] is not valid. Supported versions: {Versions}.");
            return;
        }

        // Read for every request: a driver script may write its file in init().
        var file = found.Files.Select(name => Path.Combine(options.AppRoot, name)).FirstOrDefault(File.Exists);
        var body = file is null
            ? Encoding.UTF8.GetBytes(found.Create())
            : await File.ReadAllBytesAsync(file, context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private (string[] Files, Func<string> Create)? Find(string version) => version switch
    {
        "2" or "2.0" => (["swagger2.json", "swagger.json"], _document.Version2),
        "3" or "3.0" => (["swagger3.json"], () => _document.Version3("3.0.3")),
        "3.1" => (["swagger3.1.json"], () => _document.Version3("3.1.0")),
        _ => null,
    };
}
