using Azure.Storage.Blobs;

namespace Fairlead.Workspace.Storage;

/// <summary>Checks what attributes cannot say of <see cref="BlobOptions"/>. Never shows a value that may be a secret.</summary>
internal static class BlobOptionsRules
{
    private const string Section = $"{WorkspaceOptions.SectionName}:{nameof(WorkspaceOptions.Blobs)}";
    private const string Azure = $"{Section}:{nameof(BlobOptions.Azure)}";
    private const string S3 = $"{Section}:{nameof(BlobOptions.S3)}";

    public static void Check(BlobOptions options, List<string> failures)
    {
        if (options.Azure.IsGiven && options.S3.IsGiven)
        {
            failures.Add($"'{Azure}' and '{S3}' are both given; contents are in one place, so remove one.");
        }

        if (options.Prefix.Length > 0 && (options.Prefix[0] == '/' || options.Prefix[^1] != '/'))
        {
            failures.Add($"'{Section}:Prefix' is '{options.Prefix}', but must end with '/' and not begin with it, as in 'fairlead/'.");
        }

        CheckAzure(options.Azure, failures);
        CheckS3(options.S3, failures);
    }

    private static void CheckAzure(AzureBlobOptions options, List<string> failures)
    {
        if (options.HasConnectionString && !string.IsNullOrWhiteSpace(options.ContainerUrl))
        {
            failures.Add($"'{Azure}:ContainerUrl' and a connection string are both given; remove one.");
        }

        if (!string.IsNullOrWhiteSpace(options.ConnectionString) && !string.IsNullOrWhiteSpace(options.ConnectionStringFile))
        {
            failures.Add($"'{Azure}:ConnectionString' and '{Azure}:ConnectionStringFile' are both given; remove one.");
        }

        CheckFile($"{Azure}:ConnectionStringFile", options.ConnectionStringFile, failures);
        if (!string.IsNullOrWhiteSpace(options.ConnectionString) && !IsConnectionString(options.ConnectionString))
        {
            failures.Add(
                $"'{Azure}:ConnectionString' is not of the form 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=…'.");
        }

        if (!string.IsNullOrWhiteSpace(options.ContainerUrl)
            && (!Uri.TryCreate(options.ContainerUrl, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.AbsolutePath.Trim('/').Length == 0))
        {
            failures.Add($"'{Azure}:ContainerUrl' is '{options.ContainerUrl}', but must be 'https://{{account}}.blob.core.windows.net/{{container}}'.");
        }
    }

    private static void CheckS3(S3BlobOptions options, List<string> failures)
    {
        var hasSecret = !string.IsNullOrEmpty(options.SecretAccessKey) || !string.IsNullOrEmpty(options.SecretAccessKeyFile);
        if (!options.IsGiven && (hasSecret || !string.IsNullOrEmpty(options.AccessKeyId) || !string.IsNullOrEmpty(options.Endpoint)))
        {
            failures.Add($"'{S3}:Bucket' is missing; name the bucket that contents are kept in.");
        }

        if (!string.IsNullOrEmpty(options.SecretAccessKey) && !string.IsNullOrEmpty(options.SecretAccessKeyFile))
        {
            failures.Add($"'{S3}:SecretAccessKey' and '{S3}:SecretAccessKeyFile' are both given; remove one.");
        }

        if (hasSecret == string.IsNullOrEmpty(options.AccessKeyId))
        {
            failures.Add($"'{S3}:AccessKeyId' and its secret ('SecretAccessKey' or 'SecretAccessKeyFile') belong together; give both, or none.");
        }

        CheckFile($"{S3}:SecretAccessKeyFile", options.SecretAccessKeyFile, failures);
        if (!string.IsNullOrEmpty(options.Endpoint)
            && (!Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
        {
            failures.Add($"'{S3}:Endpoint' is '{options.Endpoint}', but must be an address such as 'https://minio.example.com:9000'.");
        }
    }

    private static void CheckFile(string key, string? path, List<string> failures)
    {
        if (!string.IsNullOrEmpty(path) && !File.Exists(path))
        {
            failures.Add($"'{key}' is '{path}', which does not exist.");
        }
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new BlobServiceClient(text) is not null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
