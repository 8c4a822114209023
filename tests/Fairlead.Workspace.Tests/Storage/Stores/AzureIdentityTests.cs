using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Storage.Remote;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Workspace.Tests.Storage.Stores;

/// <summary>Azure Blob Storage with an identity instead of the account's key: links are signed with a key that the service lends.</summary>
public sealed class AzureIdentityTests : IAsyncLifetime
{
    private const string Account = "fairlead";

    private readonly TestFolder _folder = new();
    private readonly HttpClient _http = new(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    });

    private ChildServer _server = null!;
    private BlobContainerClient _container = null!;

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = (Path.Combine(_folder.Path, "cert.pem"), Path.Combine(_folder.Path, "key.pem"));
        using var rsa = RSA.Create(2048);
        using var made = new CertificateRequest("CN=127.0.0.1", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(certificate, made.ExportCertificatePem());
        await File.WriteAllTextAsync(key, rsa.ExportPkcs8PrivateKeyPem());
        var port = ChildServer.FreePort();
        _server = await BlobServers.StartAzuriteAsync(
            port, Account, Convert.ToBase64String(new byte[64]), "--oauth", "basic", "--cert", certificate, "--key", key);
        var url = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/{Account}/blobs");
        _container = new BlobContainerClient(
            new Uri(url), new Identity(), new BlobClientOptions { Transport = new HttpClientTransport(_http) });
        await _container.CreateAsync();
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _http.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Link_SignedWithALentKey_ReadsThatBlobAlone()
    {
        var store = new RemoteBlobStore(
            new AzureObjects(_container, _container.GetParentBlobServiceClient(), TimeProvider.System),
            new BlobOptions(), TimeProvider.System, NullLogger<RemoteBlobStore>.Instance);
        await store.CheckAsync(default);
        var content = "hello world"u8.ToArray();
        var digest = Contracts.Storage.Digest.Of(SHA256.HashData(content));
        await store.WriteAsync(digest, new UploadRange(0, 11, 11), new MemoryStream(content), default);

        var link = (await store.FindLinkAsync(digest, default))!;

        Assert.Equal("hello world", await _http.GetStringAsync(link));
        Assert.Contains("skoid=", link.Query, StringComparison.Ordinal);
        using var tampered = await _http.GetAsync(link.AbsoluteUri[..^4] + "AAAA");
        Assert.Equal(HttpStatusCode.Forbidden, tampered.StatusCode);
    }

    /// <summary>Azurite reads what a token says and asks nobody whether it is true.</summary>
    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var (from, until) = (DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
            var claims = new JsonObject
            {
                ["aud"] = "https://storage.azure.com",
                ["iss"] = "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/",
                ["iat"] = from.ToUnixTimeSeconds(),
                ["nbf"] = from.ToUnixTimeSeconds(),
                ["exp"] = until.ToUnixTimeSeconds(),
                ["oid"] = "23657296-5cd5-45b0-a809-d972a7f4dfe1",
                ["tid"] = "ab1f708d-50f6-404c-a006-d71b2ac7a606",
                ["ver"] = "1.0",
            };
            return new AccessToken($"{Part("""{"alg":"RS256","typ":"JWT"}""")}.{Part(claims.ToJsonString())}.c2lnbmF0dXJl", until);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));

        private static string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }
}
