using System.Text.Json.Nodes;
using Fairlead.Client;
using Fairlead.Client.Configuration;
using Fairlead.Client.Models;
using Fairlead.Client.Snapshots;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Demo;

/// <summary>Takes one sample all the way: register, deploy, score.</summary>
internal sealed class SampleRun(FairleadClient client, Sample sample)
{
    public async Task<SampleResult> RunAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (var (name, path, framework) in sample.Models)
        {
            ids.Add(await RegisterOnceAsync(name, path, framework, cancellationToken));
        }

        if (ids.Count > 0)
        {
            say($"{sample.Service}: registered {string.Join(", ", ids)}");
        }

        var config = sample.DeploymentConfig is null ? null : DeploymentConfig.Read(sample.DeploymentConfig);
        var request = (config?.Settings ?? new DeploymentSettings()).ToCreateRequest(
            sample.Service, config?.ComputeType ?? ComputeTypes.Local, await ImageAsync(ids, cancellationToken)) with
        {
            ComputeName = config?.ComputeTarget,
            Description = sample.Description,
            Overwrite = true,
        };
        var accepted = await client.Services.CreateAsync(request, cancellationToken);
        if (accepted.OperationId is { } operationId)
        {
            var operation = await client.Operations.WaitAsync(operationId, null, cancellationToken);
            if (operation.State != OperationState.Succeeded)
            {
                throw new FairleadException(operation.Error
                    ?? ErrorDocument.Of(ErrorCodes.DeploymentFailed, 400, $"{sample.Service}: the deployment ended as {operation.State}"));
            }
        }

        say($"{sample.Service}: healthy");
        return await ScoreAsync(cancellationToken);
    }

    // Running the demo again must not pile up equal versions.
    private async Task<string> RegisterOnceAsync(string name, string path, string framework, CancellationToken cancellationToken)
    {
        var registered = await client.Models.ListAsync(new ModelFilter { Name = name, Latest = true }, cancellationToken);
        var digest = await DigestOfAsync(path, cancellationToken);
        if (registered.FirstOrDefault(model => model.Name == name) is { } latest
            && latest.Properties.TryGetValue("contentDigest", out var known) && known == digest)
        {
            return latest.Id;
        }

        var registration = new ModelRegistration
        {
            Name = name,
            Path = path,
            Framework = framework,
            Tags = new Dictionary<string, string> { ["sample"] = sample.Service },
            Properties = new Dictionary<string, string> { ["contentDigest"] = digest },
        };
        return (await client.Models.RegisterAsync(registration, null, cancellationToken)).Id;
    }

    private static async Task<string> DigestOfAsync(string path, CancellationToken cancellationToken)
    {
        var files = File.Exists(path) ? [path] : Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(await File.ReadAllBytesAsync(file, cancellationToken));
        }

        return Contracts.Storage.Digest.Of(hash.GetHashAndReset());
    }

    private async Task<EnvironmentImageRequest> ImageAsync(IReadOnlyList<string> models, CancellationToken cancellationToken)
    {
        if (sample.InferenceConfig is null)
        {
            return new EnvironmentImageRequest { ModelIds = models };
        }

        var config = InferenceConfig.Read(sample.InferenceConfig);
        var files = SnapshotBuilder.Build(config.SourceDirectory ?? sample.Folder, new SnapshotOptions());
        var snapshot = await client.Snapshots.CreateAsync(files, null, cancellationToken);
        return new EnvironmentImageRequest
        {
            ModelIds = models,
            DriverProgram = config.EntryScript,
            SnapshotUrl = snapshot.Url,
            Environment = config.Environment,
        };
    }

    private async Task<SampleResult> ScoreAsync(CancellationToken cancellationToken)
    {
        var service = await client.Services.GetAsync(sample.Service, cancellationToken);
        var credential = await client.Services.GetCredentialAsync(service, cancellationToken);
        await using var body = File.OpenRead(sample.RequestFile);
        var answer = await client.Services.ScoreAsync(
            new Uri(service.ScoringUri), credential, body, "application/json", cancellationToken);
        if (answer.Status != 200)
        {
            throw new FairleadException("ScoringFailed", 502, $"{sample.Service} answered {answer.Status}: {answer.Body}");
        }

        var predictions = Predictions(JsonNode.Parse(answer.Body));
        return new SampleResult(sample, service.ScoringUri, [.. predictions.Select(Named)], [.. sample.Labels.Select(Named)]);
    }

    // {"result": [2, 7]} as models served with no code answer it, or the list alone; rows of one value count as that value.
    private static IEnumerable<string> Predictions(JsonNode? answer)
    {
        var list = (answer is JsonObject members ? members["result"] : answer) as JsonArray ?? [];
        return list.Select(item => item switch
        {
            JsonArray { Count: 1 } row => row[0]!.ToString(),
            _ => item?.ToString() ?? "null",
        });
    }

    private string Named(string label) =>
        int.TryParse(label, out var number) && number >= 0 && number < sample.Classes.Count ? sample.Classes[number] : label;
}
