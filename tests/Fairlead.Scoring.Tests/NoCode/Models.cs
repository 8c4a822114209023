using System.Diagnostics;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.NoCode;

/// <summary>Models made by make_models.py, once for all tests.</summary>
public sealed class Models : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-models-").FullName;

    public string PathOf(string name) => Path.Combine(_folder, name);

    internal static AppFolder NoScript => new();

    public async ValueTask InitializeAsync()
    {
        var info = new ProcessStartInfo(
            "/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "NoCode", "make_models.py"), _folder])
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
public sealed class ModelsCollection : ICollectionFixture<Models>
{
    public const string Name = "Models";
}
