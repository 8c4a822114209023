using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Tests.Api;

/// <summary>Pins the JSON names and defaults that clients of the public contract rely on.</summary>
public sealed class ContractsJsonTests
{
    [Fact]
    public void CreateServiceRequest_WithMembersOfThePublicSchema_ReadsThem()
    {
        const string Json = """
            {
              // deploymentconfig.json style: comments and trailing commas are forgiven
              "name": "iris", "computeType": "AKS",
              "autoScaler": {"autoscaleEnabled": true, "minReplicas": 2, "refreshPeriodInSeconds": 1,},
              "containerResourceRequirements": {"cpu": 0.5, "memoryInGB": 1.0, "cpuLimit": 1, "memoryInGBLimit": 2},
              "dataCollection": {"storageEnabled": true}, "scoringTimeoutMs": 300000,
              "environmentImageRequest": {"driverProgram": "score.py", "modelIds": ["iris:1"]},
            }
            """;

        var request = JsonSerializer.Deserialize(Json, ContractsJson.Default.CreateServiceRequest)!;

        Assert.Equal("iris", request.Name);
        Assert.Equal(2, request.AutoScaler!.MinReplicas);
        Assert.Null(request.AutoScaler.MaxReplicas);
        Assert.Equal(
            (0.5, 1.0, 1.0, 2.0),
            (request.ContainerResourceRequirements!.Cpu, request.ContainerResourceRequirements.MemoryInGB,
                request.ContainerResourceRequirements.CpuLimit!.Value,
                request.ContainerResourceRequirements.MemoryInGBLimit!.Value));
        Assert.Equal("score.py", request.EnvironmentImageRequest!.DriverProgram);
        Assert.Equal(["iris:1"], request.EnvironmentImageRequest.ModelIds);
    }

    [Fact]
    public void ScoringServiceSpec_WithoutMembers_HasTheDocumentedDefaults()
    {
        var spec = JsonSerializer.Deserialize(
            """{"name":"a-b","generation":1,"spec":{},"secret":{"keyHashes":[]}}""",
            ContractsJson.Default.ScoringService)!.Spec;

        Assert.Equal(
            (true, 60_000, 1, 500, 1, 10, 70, 0.1, 0.5),
            (spec.AuthEnabled, spec.ScoringTimeoutMs, spec.MaxConcurrentRequestsPerContainer, spec.MaxQueueWaitMs,
                spec.AutoScaler.MinReplicas, spec.AutoScaler.MaxReplicas, spec.AutoScaler.TargetUtilization,
                spec.Resources.Cpu, spec.Resources.MemoryInGB));
        Assert.Equal((10, 310, 2, 1, 3), (spec.LivenessProbe.PeriodSeconds, spec.LivenessProbe.InitialDelaySeconds,
            spec.LivenessProbe.TimeoutSeconds, spec.LivenessProbe.SuccessThreshold, spec.LivenessProbe.FailureThreshold));
    }

    [Fact]
    public void ScoringService_RoundTrip_KeepsWhatOpensIt()
    {
        var service = new ScoringService
        {
            Name = "a-b",
            Generation = 1,
            Spec = new ScoringServiceSpec
            {
                TokenIssuers = [new TokenIssuer { Issuer = "https://i.test", Audience = "a", JwksUrl = "https://i.test/k" }],
            },
            Secret = new ServiceSecret(["aa"])
            {
                Tokens = new WorkspaceTokens("i", "a", """{"keys":[]}""") { NotBefore = DateTimeOffset.UnixEpoch },
            },
        };

        var again = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(service, ContractsJson.Default.ScoringService), ContractsJson.Default.ScoringService)!;

        Assert.Equal(service.Secret.Tokens, again.Secret.Tokens);
        Assert.Equal(service.Spec.TokenIssuers, again.Spec.TokenIssuers);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(3, false)]
    public void IsAutoscaled_NumReplicas_NullAndZeroAreTheSame(int? replicas, bool expected)
    {
        Assert.Equal(expected, new ScoringServiceSpec { NumReplicas = replicas }.IsAutoscaled);
    }

    [Fact]
    public void EnvironmentDefinition_RoundTrip_KeepsCondaDependencies()
    {
        const string Json = """
            {"name":"e","python":{"condaDependencies":{"dependencies":["python=3.11",{"pip":["numpy"]}]}}}
            """;

        var read = JsonSerializer.Deserialize(Json, ContractsJson.Default.EnvironmentDefinition)!;
        var again = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(read, ContractsJson.Default.EnvironmentDefinition),
            ContractsJson.Default.EnvironmentDefinition)!;

        Assert.Equal("numpy", (string?)again.Python.CondaDependencies!["dependencies"]![1]!["pip"]![0]);
        Assert.Equal("python", again.Python.InterpreterPath);
    }
}
