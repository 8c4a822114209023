using System.ComponentModel.DataAnnotations;

namespace Fairlead.Workspace.Storage;

/// <summary>Where contents lie: in the data folder, unless a container of Azure Blob Storage or a bucket of S3 is named.</summary>
public sealed record BlobOptions
{
    /// <summary>Begins the name of every object, for example <c>fairlead/</c>. Default none. Not of the folder.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>
    /// Whether pods and clients are sent to the store itself by signed links; else everything is read through the
    /// workspace. Default true.
    /// </summary>
    public bool Links { get; set; } = true;

    /// <summary>How long a signed link is good for; each download gets its own. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long what a broken upload has left is kept, for it to be resumed. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A container of Azure Blob Storage.</summary>
    public AzureBlobOptions Azure { get; set; } = new();

    /// <summary>A bucket of Amazon S3, or of another server with its interface.</summary>
    public S3BlobOptions S3 { get; set; } = new();
}

/// <summary>A container of Azure Blob Storage: by a connection string and its name, or by its URL and an identity.</summary>
public sealed record AzureBlobOptions
{
    /// <summary>Connection string of the storage account. Default none.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>File with the connection string, read at the start. Default none.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>Name of the container, with a connection string. Default <c>fairlead</c>.</summary>
    public string Container { get; set; } = "fairlead";

    /// <summary>
    /// The container's URL, <c>https://{account}.blob.core.windows.net/{container}</c>, for the default chain of
    /// credentials: environment, workload identity, managed identity, Azure CLI. Default none.
    /// </summary>
    public string? ContainerUrl { get; set; }

    /// <summary>Client id of a user-assigned managed identity. Default: the one there is.</summary>
    public string? ClientId { get; set; }

    internal bool HasConnectionString => !string.IsNullOrWhiteSpace(ConnectionString) || !string.IsNullOrWhiteSpace(ConnectionStringFile);

    internal bool IsGiven => HasConnectionString || !string.IsNullOrWhiteSpace(ContainerUrl);
}

/// <summary>A bucket of S3.</summary>
public sealed record S3BlobOptions
{
    /// <summary>The bucket's name. Default none.</summary>
    public string? Bucket { get; set; }

    /// <summary>Its region, for example <c>eu-central-1</c>. Default: that of the environment; <c>us-east-1</c> with an endpoint.</summary>
    public string? Region { get; set; }

    /// <summary>Another server's address, for example <c>https://minio.example.com:9000</c>. Default: Amazon's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Whether the bucket is in the path of URLs, as MinIO and most others want it. Default false.</summary>
    public bool PathStyle { get; set; }

    /// <summary>Access key. Default: the default chain (environment, profile, web identity, the machine's role).</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>Secret of the access key. Default none.</summary>
    public string? SecretAccessKey { get; set; }

    /// <summary>File with the secret, read again whenever it changes. Default none.</summary>
    public string? SecretAccessKeyFile { get; set; }

    internal bool IsGiven => !string.IsNullOrWhiteSpace(Bucket);
}
