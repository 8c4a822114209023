using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>Opens the store that the options name.</summary>
internal static class RemoteStores
{
    public static IObjectStore Open(BlobOptions options, TimeProvider time) =>
        options.S3.IsGiven ? OpenS3(options.S3) : OpenAzure(options.Azure, time);

    private static AzureObjects OpenAzure(AzureBlobOptions options, TimeProvider time)
    {
        if (options.HasConnectionString)
        {
            var text = options.ConnectionString is { Length: > 0 } given ? given : File.ReadAllText(options.ConnectionStringFile!).Trim();
            return new AzureObjects(new BlobContainerClient(text, options.Container), null, time);
        }

        var credential = new DefaultAzureCredential(new DefaultAzureCredentialOptions
        {
            ManagedIdentityClientId = options.ClientId,
            WorkloadIdentityClientId = options.ClientId,
        });
        var container = new BlobContainerClient(new Uri(options.ContainerUrl!), credential);
        return new AzureObjects(container, container.GetParentBlobServiceClient(), time);
    }

    private static S3Objects OpenS3(S3BlobOptions options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,

            // Checksums that are newer than most servers with this interface; the digest is checked at either end.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { Length: > 0 } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { Length: > 0 } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        var client = (options.AccessKeyId, options.SecretAccessKeyFile) switch
        {
            ({ Length: > 0 } id, { Length: > 0 } file) => new AmazonS3Client(new S3KeyFile(id, file), config),
            ({ Length: > 0 } id, _) => new AmazonS3Client(new BasicAWSCredentials(id, options.SecretAccessKey), config),
            _ => new AmazonS3Client(config),
        };
        return new S3Objects(client, options.Bucket!);
    }
}
