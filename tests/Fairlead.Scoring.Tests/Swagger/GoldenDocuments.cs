using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Fairlead.Scoring.Tests.Swagger;

/// <summary>The files of Swagger/Golden. <c>UPDATE_GOLDEN=1</c> rewrites them.</summary>
internal static class GoldenDocuments
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document is the golden one of that name and version, and keeps the version's rules.</summary>
    public static async Task CompareAsync(string name, string version, string text)
    {
        var document = JsonNode.Parse(text)!.ToJsonString(Indented) + "\n";
        var golden = PathOf($"{name}.{version}.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, document);
        }

        Assert.Equal(await File.ReadAllTextAsync(golden), document);
        Accept(text, version);
    }

    /// <summary>An OpenAPI reader has no complaint.</summary>
    public static void Accept(string text, string version)
    {
        var result = OpenApiDocument.Parse(text, "json");
        Assert.NotNull(result.Diagnostic);
        Assert.Empty(result.Diagnostic.Errors.Select(error => error.ToString()));
        Assert.Empty(result.Diagnostic.Warnings.Select(warning => warning.ToString()));
        Assert.Equal(
            version switch
            {
                "2" => OpenApiSpecVersion.OpenApi2_0,
                "3" => OpenApiSpecVersion.OpenApi3_0,
                _ => OpenApiSpecVersion.OpenApi3_1,
            },
            result.Diagnostic.SpecificationVersion);
        Assert.NotEmpty(result.Document!.Paths);
    }

    public static string PathOf(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return Path.Combine(folder, "tests/Fairlead.Scoring.Tests/Swagger/Golden", name);
    }
}
