using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Onnx;

/// <summary>Models made by Onnx/make_models.py, once for all tests.</summary>
public sealed class OnnxModels : IAsyncLifetime
{
    /// <summary>The newest opset that the runtime takes.</summary>
    public const int NewestOpset = 26;

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-onnx-").FullName;

    public string PathOf(string name) => Path.Combine(_folder, name);

    internal Task<ScoringProcess> StartAsync(string model, params (string, string)[] variables) =>
        ScoringProcess.StartReadyAsync(
            new AppFolder(),
            [(ScoringHostVariables.ModelFramework, "Onnx"), (ScoringHostVariables.ModelDirectory, PathOf(model)), .. variables]);

    public async ValueTask InitializeAsync()
    {
        var info = new ProcessStartInfo(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "Onnx", "make_models.py"), _folder, NewestOpset.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

[CollectionDefinition(Name)]
public sealed class OnnxModelsCollection : ICollectionFixture<OnnxModels>
{
    public const string Name = "ONNX models";
}
