using Amazon.Runtime;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>A secret in a file, read again when the file has changed.</summary>
internal sealed class S3KeyFile(string accessKeyId, string file) : AWSCredentials
{
    private volatile Known? _known;

    public override ImmutableCredentials GetCredentials()
    {
        var written = File.GetLastWriteTimeUtc(file);
        if (_known is not { } known || known.Written != written)
        {
            _known = known = new Known(written, new ImmutableCredentials(accessKeyId, File.ReadAllText(file).Trim(), null));
        }

        return known.Credentials;
    }

    private sealed record Known(DateTime Written, ImmutableCredentials Credentials);
}
