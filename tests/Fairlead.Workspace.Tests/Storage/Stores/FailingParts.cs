using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage.Remote;

namespace Fairlead.Workspace.Tests.Storage.Stores;

/// <summary>A real store that no part gets to while <see cref="Fails"/>.</summary>
internal sealed class FailingParts(IObjectStore store) : IObjectStore
{
    public bool Fails { get; set; } = true;

    public int PartBytes => store.PartBytes;

    public int MostParts => store.MostParts;

    public Task<string> PutPartAsync(string name, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Fails
            ? Task.FromException<string>(new FairleadException(ErrorCodes.StorageUnavailable, 503, "The part did not get there."))
            : store.PutPartAsync(name, upload, number, content, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => store.CheckAsync(cancellationToken);

    public Task<long?> FindSizeAsync(string name, CancellationToken cancellationToken) => store.FindSizeAsync(name, cancellationToken);

    public Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken) => store.OpenAsync(name, offset, cancellationToken);

    public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => store.PutAsync(name, content, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteAsync(name, cancellationToken);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => store.ListAsync(prefix, cancellationToken);

    public Task<string> BeginAsync(string name, CancellationToken cancellationToken) => store.BeginAsync(name, cancellationToken);

    public Task<bool> CompleteAsync(string name, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken) =>
        store.CompleteAsync(name, upload, parts, cancellationToken);

    public Task AbortAsync(string name, string upload, CancellationToken cancellationToken) => store.AbortAsync(name, upload, cancellationToken);

    public Task<int> AbortAbandonedAsync(string prefix, DateTimeOffset before, CancellationToken cancellationToken) =>
        store.AbortAbandonedAsync(prefix, before, cancellationToken);

    public Task<Uri> LinkAsync(string name, DateTimeOffset until, CancellationToken cancellationToken) => store.LinkAsync(name, until, cancellationToken);

    public FairleadException? Describe(Exception exception) => store.Describe(exception);
}
