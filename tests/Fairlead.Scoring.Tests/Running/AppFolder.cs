namespace Fairlead.Scoring.Tests.Running;

/// <summary>An app root with files, removed at the end.</summary>
internal sealed class AppFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fairlead-scoring-test-").FullName;

    public AppFolder()
    {
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(TemporaryPath);
    }

    public string Path => System.IO.Path.Combine(_root, "app");

    public string ModelPath => System.IO.Path.Combine(_root, "model");

    public string TemporaryPath => System.IO.Path.Combine(_root, "tmp");

    public string PortFile => System.IO.Path.Combine(_root, "port");

    public AppFolder With(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    public AppFolder WithModel(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(ModelPath, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return this;
    }

    /// <summary>Entry script of which only <c>run</c>'s body is given, in terms of <c>data</c>.</summary>
    public AppFolder WithRun(string body, string before = "") => With(
        "score.py", before + "\ndef init():\n    pass\n\ndef run(data):\n    " + body.ReplaceLineEndings("\n    ") + "\n");

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
