namespace Fairlead.Client.Blobs;

/// <summary>A file became another one between being hashed and being sent.</summary>
public sealed class FileChangedException(string path)
    : Exception($"'{path}' changed while it was uploaded; let its writer finish, then try again")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
