using System.Security.Cryptography;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Storage;

/// <summary><c>/content</c>: the files of a manifest, for pods, by a signed right that ends soon.</summary>
internal sealed class BlobLinks(IDataProtectionProvider protection) : IBlobLinks
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Fairlead.BlobLinks").ToTimeLimitedDataProtector();

    public TimeSpan Lifetime => TimeSpan.FromHours(1);

    public string Sign(string manifest) => _protector.Protect(manifest, Lifetime);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Routes.Content + "/{manifest}/{digest}", ReadAsync)
        .WithTags("blobs").WithSummary("Reads a file of a manifest, by a signed right; ranges are honoured.");

    private static async Task<IResult> ReadAsync(
        string manifest, string digest, [FromQuery(Name = Routes.ContentToken)] string? token, BlobLinks links, AssetStore assets, IBlobStore blobs, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (!links.Allows(manifest, token))
        {
            throw new FairleadException(
                ErrorCodes.Unauthorized, StatusCodes.Status403Forbidden,
                "The right to read these files is missing, is for others, or has ended; the workspace renews those of the services it deploys.");
        }

        var (_, files) = await assets.ReadAsync("manifest", manifest, cancellationToken);
        return files.Files.Any(file => file.Digest == digest) ? await BlobEndpoints.DownloadAsync(digest, context, blobs) : throw BlobErrors.NotFound(digest);
    }

    private bool Allows(string manifest, string? token)
    {
        try
        {
            return token is not null && _protector.Unprotect(token) == manifest;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
