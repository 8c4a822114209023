using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Azure.Storage.Blobs;
using Fairlead.Workspace.Storage;

[assembly: AssemblyFixture(typeof(Fairlead.Workspace.Tests.Running.BlobServers))]

namespace Fairlead.Workspace.Tests.Running;

/// <summary>Real servers to keep contents in: Azurite for Azure Blob Storage, OpenStack Swift for S3; each started once, when
/// a test asks for it.</summary>
public sealed class BlobServers : IDisposable
{
    public const string S3Key = "test:tester";
    public const string S3Secret = "testing-secret";
    private const string Account = "fairlead";

    private static readonly string AccountKey = Convert.ToBase64String(new byte[64]);
    private static readonly Lock Starting = new();
    private static Task<(ChildServer Server, int Port)>? _azurite;
    private static Task<(ChildServer Server, int Port)>? _swift;
    private static int _names;

    /// <summary>Options for a container of its own, already made.</summary>
    public static async Task<BlobOptions> AzureAsync()
    {
        Task<(ChildServer Server, int Port)> starting;
        lock (Starting)
        {
            starting = _azurite ??= StartAzuriteAsync();
        }

        var (_, port) = await starting;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};BlobEndpoint=http://127.0.0.1:{port}/{Account};");
        var name = NextName();
        await new BlobContainerClient(text, name).CreateAsync();
        return new BlobOptions { Azure = { ConnectionString = text, Container = name } };
    }

    /// <summary>Options for a bucket of its own, already made.</summary>
    public static async Task<BlobOptions> S3Async()
    {
        Task<(ChildServer Server, int Port)> starting;
        lock (Starting)
        {
            starting = _swift ??= StartSwiftAsync();
        }

        var (_, port) = await starting;
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var name = NextName();
        using var client = new AmazonS3Client(
            new BasicAWSCredentials(S3Key, S3Secret),
            new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(name);
        return new BlobOptions
        {
            S3 = { Bucket = name, Endpoint = endpoint, PathStyle = true, AccessKeyId = S3Key, SecretAccessKey = S3Secret },
        };
    }

    public void Dispose()
    {
        foreach (var server in new[] { _azurite, _swift })
        {
            if (server is { IsCompletedSuccessfully: true })
            {
                server.Result.Server.Dispose();
            }
        }
    }

    private static string NextName() => string.Create(CultureInfo.InvariantCulture, $"blobs-{Interlocked.Increment(ref _names)}");

    private static async Task<(ChildServer Server, int Port)> StartAzuriteAsync()
    {
        var port = ChildServer.FreePort();
        return (await StartAzuriteAsync(port, Account, AccountKey), port);
    }

    /// <summary>One of its own, with more options.</summary>
    internal static Task<ChildServer> StartAzuriteAsync(int port, string account, string key, params string[] more)
    {
        var cache = Environment.GetEnvironmentVariable("FAIRLEAD_CACHE") is { Length: > 0 } given ? given
            : Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
                    ? home : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "fairlead");
        var program = Path.Combine(cache, "azurite", "node_modules", ".bin", "azurite-blob");
        Assert.True(File.Exists(program), $"'{program}' is missing; ./test.sh workspace installs it.");
        return ChildServer.StartAsync(
            port,
            ["env", $"AZURITE_ACCOUNTS={account}:{key}", program, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
                "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), .. more, "--location"]);
    }

    private static async Task<(ChildServer Server, int Port)> StartSwiftAsync([CallerFilePath] string here = "")
    {
        var port = ChildServer.FreePort();
        var script = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "eng", "s3", "swift-server.py"));
        return (await ChildServer.StartAsync(
            port, "/usr/bin/python3", script, port.ToString(CultureInfo.InvariantCulture), S3Key, S3Secret), port);
    }
}
