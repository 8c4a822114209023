using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Materialising;
using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.Environments;

/// <summary>Finds an entry script that cannot be read as Python before any replica is started: about 15 ms.</summary>
internal sealed class EntryScriptCheck(ChildProgram children)
{
    // -I -S: no site packages, no user settings; only the parser is wanted. Prints line and message of a syntax error.
    private const string Program =
        """
        import sys
        try:
            with open(sys.argv[1], 'rb') as f: compile(f.read(), sys.argv[1], 'exec', dont_inherit=True)
        except (SyntaxError, ValueError) as e:
            print(getattr(e, 'lineno', None) or 0); print(type(e).__name__ + ': ' + str(getattr(e, 'msg', e))); print((getattr(e, 'text', None) or '').rstrip()); sys.exit(9)
        """;

    private const int SyntaxErrorExit = 9;

    public async Task RunAsync(ScoringServiceSpec spec, string python, string root, CancellationToken cancellationToken)
    {
        if (spec.EntryScript is not { } script)
        {
            RequireModel(spec);
            return;
        }

        var path = SafePath.Join(root, script);
        if (!File.Exists(path))
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.EntryScriptNotFound, 400,
                $"The entry script '{script}' is not in the source directory. Give its path relative to the source directory, and "
                + "see that no line of .amlignore or .gitignore excludes it.",
                [new ErrorDetail(ErrorCodes.EntryScriptNotFound, "There is: " + string.Join(", ", Names(root)), script)]));
        }

        var output = new List<string>();
        if (await children.RunAsync(python, ["-I", "-S", "-c", Program, path], root, output.Add, cancellationToken) == SyntaxErrorExit)
        {
            var (line, message, text) = (output[0], output[1], output.ElementAtOrDefault(2) ?? "");
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.EntryScriptInvalid, 400,
                $"The entry script is not valid Python: {script}:{line}: {message}. Correct it and deploy again.",
                [new ErrorDetail(ErrorCodes.EntryScriptInvalid, $"{script}:{line}: {message}\n{text}".TrimEnd(), $"{script}:{line}")]));
        }
    }

    private static void RequireModel(ScoringServiceSpec spec)
    {
        if (spec.Models.Count == 0)
        {
            throw FairleadException.InvalidArgument(
                "entryScript", null, "given, when the service has no model that can be served without code");
        }
    }

    private static IEnumerable<string> Names(string root) =>
        Directory.EnumerateFileSystemEntries(root).Select(path => Path.GetFileName(path)!)
            .Where(name => name is not (AppFolder.ModelsFolder or "model_config_map.json")).Order().Take(20);
}
