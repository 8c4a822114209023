using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Preparation;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Api;

/// <summary>
/// The one JSON form of every wire type: camelCase, nulls left out, comments and trailing commas forgiven on reading.
/// Source-generated, so that it works in native AOT.
/// </summary>
/// <remarks>
/// Members with a default have a setter, not <c>init</c>: the generated reader assigns every <c>init</c> member, and
/// so would put null or zero in the place of the default of a member that the JSON leaves out.
/// </remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(ProblemDto))]
[JsonSerializable(typeof(FileManifest))]
[JsonSerializable(typeof(EnvironmentDefinition))]
[JsonSerializable(typeof(ScoringService))]
[JsonSerializable(typeof(ScoringServiceSpec))]
[JsonSerializable(typeof(ScoringServiceStatus))]
[JsonSerializable(typeof(ServiceRoute))]
[JsonSerializable(typeof(MissingBlobsRequest))]
[JsonSerializable(typeof(MissingBlobsResponse))]
[JsonSerializable(typeof(CreateAssetRequest))]
[JsonSerializable(typeof(AssetDto))]
[JsonSerializable(typeof(Page<AssetDto>))]
[JsonSerializable(typeof(CreateModelRequest))]
[JsonSerializable(typeof(ModelDto))]
[JsonSerializable(typeof(Page<ModelDto>))]
[JsonSerializable(typeof(IReadOnlyList<PatchStep>))]
[JsonSerializable(typeof(EnvironmentDto))]
[JsonSerializable(typeof(Page<EnvironmentDto>))]
[JsonSerializable(typeof(OperationDto))]
[JsonSerializable(typeof(CreateServiceRequest))]
[JsonSerializable(typeof(EnvironmentImageRequest))]
[JsonSerializable(typeof(ContainerResourceRequirements))]
[JsonSerializable(typeof(ServiceSettingsDto))]
[JsonSerializable(typeof(ServiceDto))]
[JsonSerializable(typeof(Page<ServiceDto>))]
[JsonSerializable(typeof(CreateEndpointRequest))]
[JsonSerializable(typeof(CreateVersionRequest))]
[JsonSerializable(typeof(EndpointVersionSettingsDto))]
[JsonSerializable(typeof(EndpointDto))]
[JsonSerializable(typeof(EndpointVersionDto))]
[JsonSerializable(typeof(Page<EndpointDto>))]
[JsonSerializable(typeof(AuthKeysDto))]
[JsonSerializable(typeof(RegenerateKeyRequest))]
[JsonSerializable(typeof(AccessTokenDto))]
[JsonSerializable(typeof(IReadOnlyList<TokenIssuer>))]
[JsonSerializable(typeof(WorkspaceTokens))]
[JsonSerializable(typeof(ComputeDto))]
[JsonSerializable(typeof(Page<ComputeDto>))]
[JsonSerializable(typeof(GatewayStatusDto))]
[JsonSerializable(typeof(AttachComputeRequest))]
[JsonSerializable(typeof(UpdateComputeRequest))]
[JsonSerializable(typeof(ComputeKeysDto))]
[JsonSerializable(typeof(ComputeObjectsDto))]
[JsonSerializable(typeof(PreflightOptions))]
[JsonSerializable(typeof(PreflightReport))]
[JsonSerializable(typeof(ClusterFacts))]
[JsonSerializable(typeof(ClusterAttachment))]
[JsonSerializable(typeof(PreparationPlan))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class ContractsJson : JsonSerializerContext;
