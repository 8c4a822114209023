namespace Fairlead.Contracts.Storage;

/// <summary>Lets those who hold no token of the workspace read the files of one manifest for a while.</summary>
public interface IBlobLinks
{
    /// <summary>How long what <see cref="Sign"/> gives is good for.</summary>
    TimeSpan Lifetime { get; }

    /// <summary>The value of <see cref="Api.Routes.ContentToken"/> in the URLs of a manifest's files.</summary>
    /// <param name="manifest">Digest of the manifest.</param>
    string Sign(string manifest);
}
