using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Storage.Remote;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Storage;

/// <summary>What is kept, and where: metadata, contents, and the keys that secrets are encrypted with.</summary>
internal static class StorageComposition
{
    public static void AddWorkspaceStorage(this IServiceCollection services)
    {
        services.AddSingleton<WorkspaceDatabases>();
        services.AddSingleton<IDbContextFactory<WorkspaceDb>>(provider => provider.GetRequiredService<WorkspaceDatabases>());
        services.AddScoped(provider => provider.GetRequiredService<WorkspaceDatabases>().CreateDbContext());
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<IBlobStore>(BlobStoreOf);
        services.AddSingleton<IBlobSource>(provider => provider.GetRequiredService<IBlobStore>());
        services.AddHostedService<BlobSweep>();

        services.AddDataProtection().SetApplicationName("fairlead");
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<WorkspaceOptions>, ILoggerFactory, IServiceProvider>(
            (keys, workspace, logging, provider) => keys.XmlRepository = RepositoryOf(workspace.Value, logging, provider));
    }

    private static IBlobStore BlobStoreOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<WorkspaceOptions>>();
        var blobs = options.Value.Blobs;
        if (!blobs.Azure.IsGiven && !blobs.S3.IsGiven)
        {
            return new FolderBlobStore(options);
        }

        var time = provider.GetRequiredService<TimeProvider>();
        return new RemoteBlobStore(
            RemoteStores.Open(blobs, time), blobs, time, provider.GetRequiredService<ILogger<RemoteBlobStore>>());
    }

    // Where the database is, each workspace finds the keys; else in the one folder there is.
    private static IXmlRepository RepositoryOf(WorkspaceOptions options, ILoggerFactory logging, IServiceProvider provider) =>
        options.Database.IsPostgres
            ? new EntityFrameworkCoreXmlRepository<WorkspaceDb>(provider, logging)
            : new FileSystemXmlRepository(
                new DirectoryInfo(DataFolder.Ensure(Path.Combine(options.DataDirectory, "keys"))), logging);
}
