using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;
using Fairlead.Scoring.Tests.Schema;

namespace Fairlead.Scoring.Tests.Swagger;

/// <summary>The whole documents of /swagger.json (§3.2, §3.8), each read by an OpenAPI reader without a complaint.
/// <c>UPDATE_GOLDEN=1</c> rewrites them.</summary>
public sealed class GoldenTests
{
    private const string Undecorated = "def run(data):\n    return data\n";

    private const string Numpy = """
        @input_schema("data", NumpyParameterType(np.array([[1.5, 2.5], [3.5, 4.5]])))
        @output_schema(NumpyParameterType(np.array([1, 2])))
        def run(data):
            return data.sum(axis=1).astype(int).tolist()
        """;

    private const string Pandas = """
        @input_schema("rows", PandasParameterType(pd.DataFrame({"name": ["a"], "size": [1.5], "ok": [True]})))
        @output_schema(PandasParameterType(pd.DataFrame({"n": [1]}), orient="split"))
        def run(rows):
            return {"columns": ["n"], "index": [0], "data": [[len(rows)]]}
        """;

    private const string Nested = """
        @input_schema("when", StandardPythonParameterType(datetime.datetime(2020, 1, 2, 3, 4, 5)))
        @input_schema("picture", StandardPythonParameterType(b"abc"))
        @input_schema("Inputs", StandardPythonParameterType({"matrix": NumpyParameterType(np.array([[1]])), "tags": ["a"], "n": 1}))
        @input_schema("GlobalParameters", StandardPythonParameterType(1.5))
        @output_schema(StandardPythonParameterType({"Results": [1.5]}))
        def run(Inputs, GlobalParameters, picture, when):
            return {"Results": [1.0]}
        """;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var (name, script) in new[]
            {
                ("undecorated", Undecorated), ("numpy", Numpy), ("pandas", Pandas), ("nested", Nested),
            })
            {
                foreach (var version in new[] { "2", "3", "3.1" })
                {
                    cases.Add(name, version, script);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Document_IsTheGoldenOne(string name, string version, string script)
    {
        await using var host = await SchemaScript.StartAsync(
            script, (ScoringHostVariables.ServiceName, "golden"), (ScoringHostVariables.ServiceVersion, "7"),
            (ScoringHostVariables.ServicePathPrefix, "/api/v1/service/golden"));

        var text = await host.Client.GetStringAsync("/swagger.json?version=" + version);

        await GoldenDocuments.CompareAsync(name, version, text);
        await host.WaitForLogAsync("Swaggers are prepared for the following versions: [2, 3, 3.1].");
    }

    [Fact]
    public async Task Document_OfTheUser_WinsAndIsAcceptedToo()
    {
        var three = await File.ReadAllTextAsync(GoldenDocuments.PathOf("numpy.3.json"));
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("return data").With("swagger3.json", three),
            (ScoringHostVariables.EntryScript, "score.py"));

        Assert.Equal(three, await host.Client.GetStringAsync("/swagger.json?version=3"));
        Assert.NotEqual(three, await host.Client.GetStringAsync("/swagger.json?version=3.1"));
        GoldenDocuments.Accept(three, "3");
    }

    [Fact]
    public async Task Sample_OfMixedTypes_IsNotForVersion2()
    {
        await using var host = await SchemaScript.StartAsync(
            "@input_schema('x', StandardPythonParameterType([1, 'a']))\ndef run(x):\n    return x\n");

        using var two = await host.Client.GetAsync("/swagger.json");

        Assert.Equal(404, (int)two.StatusCode);
        Assert.Contains("\"message\"", await two.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.WaitForLogAsync("Swaggers are prepared for versions [3, 3.1] and skipped for versions [2].");
        GoldenDocuments.Accept(await host.Client.GetStringAsync("/swagger.json?version=3"), "3");
        GoldenDocuments.Accept(await host.Client.GetStringAsync("/swagger.json?version=3.1"), "3.1");
    }
}
