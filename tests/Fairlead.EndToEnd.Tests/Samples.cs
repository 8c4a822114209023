using System.Text.Json.Nodes;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>Registers and deploys the samples by the commands their README files show.</summary>
internal static class Samples
{
    public static async Task RegisterAsync(Server server, string sample, string model)
    {
        var isOnnx = File.Exists(Path.Combine(Installation.Samples, sample, "model.onnx"));
        (await server.CliInAsync(
            Path.Combine(Installation.Samples, sample),
            "model", "register", "-n", model, "-p", isOnnx ? "model.onnx" : "model.joblib",
            "--model-framework", isOnnx ? "Onnx" : "ScikitLearn")).Succeeded();
    }

    public static async Task<JsonNode> DeployAsync(Server server, string sample, string service, params string[] more)
    {
        var folder = Path.Combine(Installation.Samples, sample);
        var hasModel = Directory.EnumerateFiles(folder, "model.*").Any();
        if (hasModel)
        {
            await RegisterAsync(server, sample, service);
        }

        var code = File.Exists(Path.Combine(folder, "inferenceconfig.json"))
            ? new[] { "--ic", "inferenceconfig.json" }
            : [];
        return (await server.CliInAsync(
            folder,
            ["model", "deploy", "-n", service, .. hasModel ? new[] { "-m", service } : [], .. code, "--dc", "deploymentconfig.json",
                "-o", "json", .. more])).Succeeded().Json;
    }

    /// <summary>Deploys an entry script of the test's own, with no model.</summary>
    public static Task<ProgramResult> DeployScriptAsync(
        Server server, string service, string script, params string[] more) =>
        DeployFilesAsync(server, service, new() { ["score.py"] = script }, more);

    public static async Task<ProgramResult> DeployFilesAsync(
        Server server, string service, Dictionary<string, string> files, params string[] more)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, content) in files)
        {
            folder.Write(name, content);
        }

        folder.Write(
            "inferenceconfig.json",
            $$"""
            {"entryScript": "score.py", "sourceDirectory": ".",
             "environment": {"name": "system", "python":
              {"userManagedDependencies": true, "interpreterPath": "{{Installation.Python}}"}
             }
            }
            """);
        return await server.CliInAsync(
            folder.Path,
            ["model", "deploy", "-n", service, "--ic", "inferenceconfig.json", "-o", "json", .. more]);
    }
}
