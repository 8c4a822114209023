namespace Fairlead.Contracts.Errors;

/// <summary>Every error code Fairlead returns. Stable: scripts may compare them. Documented in docs/errors.md.</summary>
public static class ErrorCodes
{
    // Deployment errors, named as §1.7 names them.
    public const string DeploymentFailed = "KubernetesDeploymentFailed";
    public const string DeploymentTimedOut = "DeploymentTimedOut";
    public const string CrashLoopBackOff = "CrashLoopBackOff";
    public const string Unschedulable = "Unschedulable";
    public const string OutOfMemory = "OOMKilled";
    public const string LivenessProbeFailed = "LivenessProbeFailed";
    public const string ImagePullBackOff = "ImagePullBackOff";
    public const string DownloadFailed = "DownloadFailed";
    public const string InvalidPod = "InvalidPod";
    public const string EnvironmentBuildFailed = "EnvironmentBuildFailed";
    public const string InternalServerError = "InternalServerError";

    // Requests that cannot be carried out.
    public const string InvalidArgument = "InvalidArgument";
    public const string Unauthorized = "Unauthorized";
    public const string ModelNotFound = "ModelNotFound";
    public const string ServiceNotFound = "ServiceNotFound";
    public const string EnvironmentNotFound = "EnvironmentNotFound";
    public const string AssetNotFound = "AssetNotFound";
    public const string OperationNotFound = "OperationNotFound";
    public const string WorkspaceNotFound = "WorkspaceNotFound";
    public const string ComputeNotFound = "ComputeNotFound";
    public const string ComputeInUse = "ComputeInUse";
    public const string ComputeBusy = "ComputeBusy";
    public const string ClusterAlreadyAttached = "ClusterAlreadyAttached";
    public const string ClusterUnreachable = "ClusterUnreachable";
    public const string PreflightFailed = "PreflightFailed";
    public const string InstallationFailed = "InstallationFailed";
    public const string BlobNotFound = "BlobNotFound";
    public const string ServiceAlreadyExists = "ServiceAlreadyExists";
    public const string EndpointNotFound = "EndpointNotFound";
    public const string VersionNotFound = "VersionNotFound";
    public const string VersionAlreadyExists = "VersionAlreadyExists";
    public const string VersionInUse = "VersionInUse";
    public const string TokenAuthNotEnabled = "TokenAuthNotEnabled";
    public const string ServiceBusy = "ServiceBusy";
    public const string ModelInUse = "ModelInUse";
    public const string PropertyImmutable = "PropertyImmutable";
    public const string DigestMismatch = "DigestMismatch";
    public const string UploadOffsetMismatch = "UploadOffsetMismatch";
    public const string SnapshotTooLarge = "SnapshotTooLarge";
    public const string EntryScriptNotFound = "EntryScriptNotFound";
    public const string EntryScriptInvalid = "EntryScriptInvalid";
    public const string CondaNotSupported = "CondaNotSupported";
    public const string NotSupported = "NotSupported";
    public const string StorageFull = "StorageFull";
    public const string StorageUnavailable = "StorageUnavailable";
    public const string DatabaseUnavailable = "DatabaseUnavailable";
}
