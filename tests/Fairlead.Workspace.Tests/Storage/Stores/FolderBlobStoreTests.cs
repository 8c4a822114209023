using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Tests.Storage.Stores;

public sealed class FolderBlobStoreTests : BlobStoreContract
{
    private readonly TestFolder _folder = new();

    private protected override Task<IBlobStore> OpenAsync() => Task.FromResult(Again());

    private protected override IBlobStore Again() =>
        new FolderBlobStore(Options.Create(new WorkspaceOptions { DataDirectory = _folder.Path }));

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return base.DisposeAsync();
    }
}
