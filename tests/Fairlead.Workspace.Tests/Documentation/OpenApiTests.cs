using System.Reflection;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Documentation;

public sealed class OpenApiTests
{
    [Fact]
    public async Task OpenApi_Paths_AreThoseOfTheGoldenFile()
    {
        await using var workspace = await TestWorkspace.StartAsync();
        using var anyone = new HttpClient();
        var document = JsonNode.Parse(await anyone.GetStringAsync(new Uri(workspace.Root, "/openapi/v1.json")))!;
        var paths = string.Concat(document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(verb => $"{verb.Key.ToUpperInvariant()} {path.Key.Replace(Routes.BasePattern, "…", StringComparison.Ordinal)}\n"))
            .Order(StringComparer.Ordinal));
        var golden = Repository("tests/Fairlead.Workspace.Tests/Documentation/paths.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, paths);
        }

        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(golden), paths);
    }

    [Fact]
    public async Task Reference_Page_NeedsNothingFromElsewhere()
    {
        await using var workspace = await TestWorkspace.StartAsync();
        using var anyone = new HttpClient();

        var page = await anyone.GetStringAsync(new Uri(workspace.Root, "/reference/"));

        Assert.DoesNotContain("src=\"http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("cdn.", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("openapi", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_EveryCode_IsDocumentedAndNoOther()
    {
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal);

        var documented = (await File.ReadAllLinesAsync(Repository("docs/errors.md")))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]).Order(StringComparer.Ordinal);

        Assert.Equal(codes, documented);
    }

    private static string Repository(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Fairlead.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, path);
    }
}
