using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>
/// What Azure Blob Storage and S3 have in common: objects by name that appear whole or not at all, and large ones in parts.
/// </summary>
internal interface IObjectStore
{
    /// <summary>Smallest size of a part that is not the last.</summary>
    int PartBytes { get; }

    /// <summary>Most parts of an object.</summary>
    int MostParts { get; }

    /// <summary>Fails when the place does not exist or may not be used.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Size in bytes; null when it is not there.</summary>
    Task<long?> FindSizeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Its bytes from an offset below its size on; null when it is not there.</summary>
    Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken);

    Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    Task DeleteAsync(string name, CancellationToken cancellationToken);

    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Begins an object in parts; returns what the parts belong to.</summary>
    Task<string> BeginAsync(string name, CancellationToken cancellationToken);

    /// <param name="number">From 1 on.</param>
    /// <returns>What <see cref="CompleteAsync"/> has to be told of it.</returns>
    Task<string> PutPartAsync(string name, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes the object of these very parts; one of other content that took their place fails it.</summary>
    /// <returns>False when the parts are no longer there.</returns>
    Task<bool> CompleteAsync(string name, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken);

    Task AbortAsync(string name, string upload, CancellationToken cancellationToken);

    /// <summary>Aborts what was begun before then; a store that forgets them by itself does nothing.</summary>
    Task<int> AbortAbandonedAsync(string prefix, DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>A URL to read it from, without any other right, until <paramref name="until"/>.</summary>
    Task<Uri> LinkAsync(string name, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>The refusal to show for what the store's client has thrown; null when it is a defect.</summary>
    FairleadException? Describe(Exception exception);
}

/// <summary>An object of a listing.</summary>
internal sealed record StoredObject(string Name, long Size, DateTimeOffset Modified);
