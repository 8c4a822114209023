using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>A container of Azure Blob Storage. Parts are blocks, which the service forgets a week after the last.</summary>
internal sealed class AzureObjects(BlobContainerClient container, BlobServiceClient? identity, TimeProvider time) : IObjectStore, IDisposable
{
    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Of the key that links are signed with; the service allows 7 days.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(2);

    private readonly SemaphoreSlim _renewing = new(1);
    private UserDelegationKey? _key;

    public int PartBytes => 8 << 20;

    public int MostParts => 50_000;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in container.GetBlobsAsync(cancellationToken: cancellationToken).AsPages(pageSizeHint: 1))
        {
            break;
        }

        if (identity is not null)
        {
            await KeyAsync(cancellationToken);
        }
    }

    public async Task<long?> FindSizeAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength;
        }
        catch (RequestFailedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    public async Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = offset == 0 ? default : new HttpRange(offset) };
            return (await container.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken)).Value.Content;
        }
        catch (RequestFailedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await container.GetBlockBlobClient(name).UploadAsync(Streams.Of(content), new BlobUploadOptions(), cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            yield return new StoredObject(blob.Name, blob.Properties.ContentLength ?? 0, blob.Properties.LastModified ?? default);
        }
    }

    public Task<string> BeginAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Guid.NewGuid().ToString("N"));

    // Each has a name of its own, so that two that go on with the same upload do not take each other's.
    public async Task<string> PutPartAsync(
        string name, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        await container.GetBlockBlobClient(name).StageBlockAsync(id, Streams.Of(content), new BlockBlobStageBlockOptions(), cancellationToken);
        return id;
    }

    public async Task<bool> CompleteAsync(string name, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        try
        {
            var options = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await container.GetBlockBlobClient(name).CommitBlockListAsync(parts, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412 || exception.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Another has made it meanwhile, which takes the blocks of all.
            return false;
        }
    }

    public Task AbortAsync(string name, string upload, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> AbortAbandonedAsync(string prefix, DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);

    public async Task<Uri> LinkAsync(string name, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(name);
        var sas = new BlobSasBuilder(BlobSasPermissions.Read, until)
        {
            BlobContainerName = container.Name,
            BlobName = name,
            Resource = "b",
            Protocol = container.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        return identity is null
            ? blob.GenerateSasUri(sas)
            : new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(await KeyAsync(cancellationToken), container.AccountName) }.ToUri();
    }

    public FairleadException? Describe(Exception exception) => exception switch
    {
        FairleadException => null,
        RequestFailedException failed => StorageErrors.Unavailable(
            $"container '{container.Uri}'", $"{failed.ErrorCode ?? failed.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)}: {FirstLine(failed)}", Advice(failed), failed),
        AuthenticationFailedException failed => StorageErrors.Unavailable(
            $"container '{container.Uri}'", FirstLine(failed),
            "Give this machine or pod an identity with the role 'Storage Blob Data Contributor', or use a connection string.", failed),
        AggregateException { InnerExceptions: [RequestFailedException failed, ..] } => Describe(failed),
        _ => null,
    };

    public void Dispose() => _renewing.Dispose();

    // With an identity there is no key of the account: the service lends one.
    private async Task<UserDelegationKey> KeyAsync(CancellationToken cancellationToken)
    {
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (_key is null || _key.SignedExpiresOn < now + (KeyLifetime / 2))
            {
                _key = await identity!.GetUserDelegationKeyAsync(now - Skew, now + KeyLifetime, cancellationToken);
            }

            return _key;
        }
        finally
        {
            _renewing.Release();
        }
    }

    private static bool IsMissing(RequestFailedException exception) => exception.ErrorCode == BlobErrorCode.BlobNotFound
        || (exception.Status == 404 && exception.ErrorCode != BlobErrorCode.ContainerNotFound);

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].Trim().TrimEnd('.');

    private static string Advice(RequestFailedException exception) => (exception.Status, exception.ErrorCode) switch
    {
        (404, _) => "Create the container first, or name another one.",
        (403, _) => "Check the account's key, or give the identity the role 'Storage Blob Data Contributor'; also the account's firewall.",
        (401, _) => "Check the credentials.",
        (0, _) => "Is it reachable from here?",
        _ => "Try again.",
    };
}
