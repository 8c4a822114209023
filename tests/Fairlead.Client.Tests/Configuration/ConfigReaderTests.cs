using System.Text.Json.Nodes;
using Fairlead.Client.Configuration;
using Fairlead.Client.Environments;
using Fairlead.Client.Tests.Fakes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Tests.Configuration;

/// <summary>The documented configuration files (§2.4, §2.5), and what people write instead.</summary>
public sealed class ConfigReaderTests
{
    private const string DocumentedInference = """
        {
          "entryScript": "score.py",
          "sourceDirectory": "./source_dir",
          "environment": {
            "name": "my-deploy-env", "version": "1",
            "environmentVariables": { "EXAMPLE_ENV_VAR": "EXAMPLE_VALUE" },
            "python": {
              "userManagedDependencies": false, "interpreterPath": "python",
              "condaDependenciesFile": null, "baseCondaEnvironment": null,
              "condaDependencies": {
                "name": "project_environment", "channels": ["conda-forge"],
                "dependencies": ["python=3.6.2", {"pip": ["azureml-defaults", "inference-schema[numpy-support]"]}]
              }
            },
            "docker": {
              "enabled": false, "baseImage": "mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04",
              "baseDockerfile": null, "sharedVolumes": true, "shmSize": null, "arguments": [],
              "baseImageRegistry": {"address": null, "username": null, "password": null}
            },
            "spark": {"repositories": [], "packages": [], "precachePackages": true},
            "databricks": {"mavenLibraries": [], "pypiLibraries": [], "rcranLibraries": [], "jarLibraries": [], "eggLibraries": []},
            "inferencingStackVersion": null
          }
        }
        """;

    [Fact]
    public void Inference_DocumentedFile_IsReadWholeWithoutWarning()
    {
        using var folder = new TemporaryFolder();
        folder.Folder("source_dir");

        var config = InferenceConfig.Read(folder.File("inferenceconfig.json", DocumentedInference));

        Assert.Empty(config.Warnings);
        Assert.Equal("score.py", config.EntryScript);
        Assert.Equal(Path.Combine(folder.Path, "source_dir"), config.SourceDirectory);
        var environment = config.Environment!;
        Assert.Equal(("my-deploy-env", "1"), (environment.Name, environment.Version));
        Assert.Equal("EXAMPLE_VALUE", environment.EnvironmentVariables["EXAMPLE_ENV_VAR"]);
        Assert.Equal("azureml-defaults", environment.Python.CondaDependencies!["dependencies"]![1]!["pip"]![0]!.ToString());
        Assert.True(environment.Docker.SharedVolumes);
        Assert.Null(environment.Docker.BaseImageRegistry);
        Assert.NotNull(environment.Databricks);
    }

    [Fact]
    public void Inference_SameInYaml_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var json = InferenceConfig.Read(folder.File("ic.json", DocumentedInference));

        var yaml = InferenceConfig.Read(folder.File("ic.yml", JsonToYaml.Write(JsonNode.Parse(DocumentedInference)!)));

        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(json.Environment, Contracts.Api.ContractsJson.Default.EnvironmentDefinition),
            System.Text.Json.JsonSerializer.Serialize(yaml.Environment, Contracts.Api.ContractsJson.Default.EnvironmentDefinition));
        Assert.Equal((json.EntryScript, json.SourceDirectory), (yaml.EntryScript, yaml.SourceDirectory));
    }

    [Fact]
    public void Inference_LegacyForm_TakesTheCondaFile()
    {
        using var folder = new TemporaryFolder();
        folder.File("env.yml", "name: e\ndependencies:\n  - python=3.8\n  - pip:\n    - numpy==1.24\n");

        var config = InferenceConfig.Read(folder.File("inferenceconfig.yml", """
            entryScript: score.py
            runtime: python
            condaFile: env.yml
            extraDockerfileSteps:
            schemaFile:
            sourceDirectory:
            enableGpu: False
            baseImage:
            baseImageRegistry:
            """));

        Assert.Empty(config.Warnings);
        Assert.Null(config.SourceDirectory);
        Assert.Equal("numpy==1.24", config.Environment!.Python.CondaDependencies!["dependencies"]![1]!["pip"]![0]!.ToString());
    }

    [Fact]
    public void Deployment_DocumentedAksFile_IsReadWhole()
    {
        var config = Deployment("""
            {
              // comments and trailing commas are forgiven
              "ComputeTarget": "akscompute",
              "computeType": "AKS",
              "autoScaler": {"autoscaleEnabled": true, "minReplicas": 1, "maxReplicas": 3, "refreshPeriodInSeconds": 1, "targetUtilization": 70},
              "dataCollection": {"storageEnabled": true},
              "authEnabled": "true",
              "containerResourceRequirements": {"cpu": 0.5, "memoryInGB": 1.0},
              "gpuCores": 1,
              "keys": {"primaryKey": "one", "secondaryKey": "two"},
              "livenessProbeRequirements": {"periodSeconds": 5},
            }
            """);

        Assert.Empty(config.Warnings);
        Assert.Equal(("AKS", "akscompute"), (config.ComputeType, config.ComputeTarget));
        Assert.Equal(
            new DeploymentSettings
            {
                AutoscaleEnabled = true,
                AutoscaleMinReplicas = 1,
                AutoscaleMaxReplicas = 3,
                AutoscaleRefreshSeconds = 1,
                AutoscaleTargetUtilization = 70,
                CollectModelData = true,
                AuthEnabled = true,
                CpuCores = 0.5,
                MemoryGb = 1.0,
                GpuCores = 1,
                PeriodSeconds = 5,
            },
            config.Settings);
        Assert.Equal("one", config.Keys!.PrimaryKey);
    }

    [Fact]
    public void Deployment_UnknownKey_IsNamedWithTheNearest()
    {
        var config = Deployment("""{"computeType": "local", "autoScaler": {"minReplica": 2}, "port": 32267}""");

        Assert.Contains(config.Warnings, warning => warning.Contains("'autoScaler.minReplica'", StringComparison.Ordinal)
            && warning.Contains("did you mean 'minReplicas'?", StringComparison.Ordinal));
        Assert.Contains(config.Warnings, warning => warning.Contains("'port'", StringComparison.Ordinal));
    }

    [Fact]
    public void Deployment_WrongValue_NamesFileKeyValueAndWhatIsAllowed()
    {
        var error = Assert.Throws<FairleadException>(() => Deployment("""{"autoScaler": {"maxReplicas": "many"}}"""));

        Assert.Equal("deploymentconfig.json: 'autoScaler.maxReplicas' is \"many\", but must be a whole number.", error.Message);
    }

    [Fact]
    public void Deployment_BrokenJson_NamesTheLine()
    {
        var error = Assert.Throws<FairleadException>(() => Deployment("{\n  \"authEnabled\": tru\n}"));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralMistakes_NamesThemAll()
    {
        var settings = new DeploymentSettings
        {
            AutoscaleMinReplicas = 5,
            AutoscaleMaxReplicas = 2,
            AuthEnabled = true,
            TokenAuthEnabled = true,
            CpuCores = 1,
            CpuCoresLimit = 0.5,
        };

        var error = Assert.Throws<FairleadException>(settings.Validate);

        Assert.Equal(["token-auth-enabled", "autoscale-min-replicas", "cpu-cores-limit"], error.Error.Details.Select(detail => detail.Target));
    }

    [Fact]
    public void Environment_ScaffoldReadSaveRead_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        EnvironmentFolder.Scaffold(Path.Combine(folder.Path, "one"), "my-env");
        var (first, warnings) = EnvironmentFolder.Read(Path.Combine(folder.Path, "one"));

        EnvironmentFolder.Save(Path.Combine(folder.Path, "two"), first, overwrite: false);
        var (second, _) = EnvironmentFolder.Read(Path.Combine(folder.Path, "two"));

        Assert.Empty(warnings);
        Assert.Equal("my-env", first.Name);
        Assert.Equal("project_environment", first.Python.CondaDependencies!["name"]!.ToString());
        Assert.True(JsonNode.DeepEquals(first.Python.CondaDependencies, second.Python.CondaDependencies));
    }

    [Fact]
    public void WorkspaceFile_InAFolderAbove_IsFound()
    {
        using var folder = new TemporaryFolder();
        folder.File(".azureml/config.json", """{"subscription_id": "s", "resource_group": "g", "workspace_name": "w"}""");

        var found = WorkspaceFile.Find(folder.Folder("deep/down"));

        Assert.Equal(("s", "g", "w"), (found?.SubscriptionId, found?.ResourceGroup, found?.Workspace));
    }

    private static DeploymentConfig Deployment(string text)
    {
        using var folder = new TemporaryFolder();
        return DeploymentConfig.Read(folder.File("deploymentconfig.json", text));
    }
}
