using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Hosting;

public sealed class StartFailureTests
{
    private const string Good = "def init():\n    pass\ndef run(data):\n    return data\n";

    [Theory]
    [InlineData("def run(data):\n    pass\n", "does not have a init() function defined")]
    [InlineData("def init():\n    pass\n", "does not have a run() function defined")]
    [InlineData("def init():\n    pass\ndef run(*args):\n    pass\n", "run() cannot accept positional-only arguments, *args, or **kwargs.")]
    [InlineData("def init():\n    pass\ndef run(data, **more):\n    pass\n", "run() cannot accept positional-only arguments, *args, or **kwargs.")]
    [InlineData("def init():\n    pass\ndef run(data, /):\n    pass\n", "run() cannot accept positional-only arguments, *args, or **kwargs.")]
    [InlineData("def init():\n    pass\ndef run():\n    pass\n", "run() needs to accept an argument for input data.")]
    [InlineData("def init():\n    pass\ndef run(request_headers):\n    pass\n", "run() needs to accept an argument other than \"request_headers\".")]
    [InlineData("from azureml.contrib.services.aml_request import rawhttp\nfrom inference_schema.schema_decorators import input_schema\nfrom inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType\ndef init():\n    pass\n@rawhttp\n@input_schema('x', StandardPythonParameterType(1))\ndef run(x):\n    pass\n", "rawhttp")]
    [InlineData("import no_such_package\n" + Good, "no module 'no_such_package' in this environment")]
    [InlineData("import skimage\n" + Good, "Add 'scikit-image' to the pip section of the environment")]
    [InlineData("import json.nothing\n" + Good, "the installed 'json' has no 'json.nothing'")]
    [InlineData("import pickle\ndef init():\n    pickle.loads(b'\\x80\\x63.')\ndef run(data):\n    pass\n", "Pin the versions it was trained with.")]
    [InlineData("import pickle\ndef init():\n    pickle.loads(b'c__main__\\nNothing\\n.')\ndef run(data):\n    pass\n", "needs a class or function that the script does not define")]
    [InlineData("def init(:\n" + Good, "line 1 of ")]
    [InlineData("1 / 0\n" + Good, "ZeroDivisionError")]
    [InlineData("def init():\n    raise ValueError('bad init')\ndef run(data):\n    pass\n", "ValueError: bad init")]
    [InlineData("import sys\ndef init():\n    sys.exit(0)\ndef run(data):\n    pass\n", "the script ended the process itself")]
    [InlineData("import os\ndef init():\n    os._exit(0)\ndef run(data):\n    pass\n", "ended before init() had completed: exit code 0")]
    [InlineData("import os\ndef init():\n    os.kill(os.getpid(), 11)\ndef run(data):\n    pass\n", "ended before init() had completed: signal 11")]
    public async Task Script_ThatCannotServe_EndsTheHostWith3AndSaysWhy(string script, string log)
    {
        await using var host = ScoringProcess.Start(
            new AppFolder().With("score.py", script), (ScoringHostVariables.EntryScript, "score.py"));

        var exitCode = await host.WaitForExitAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
        if (!log.Contains("signal", StringComparison.Ordinal)) // A crash in native code shows the stack as it is.
        {
            Assert.DoesNotContain("fairlead_worker", host.Log, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<frozen", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_ThatDoesNotFindItsModel_ListsTheModelFolder()
    {
        const string Script = """
            import os
            def init():
                open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "wrong.pkl"))
            def run(data):
                pass
            """;
        var folder = new AppFolder().With("score.py", Script).WithModel("sub/right.pkl", [1]);
        for (var i = 0; i < 250; i++)
        {
            folder.WithModel($"many/{i:000}.txt", []);
        }

        await using var host = ScoringProcess.Start(
            folder, (ScoringHostVariables.EntryScript, "score.py"), (ScoringHostVariables.ModelDirectory, folder.ModelPath));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains("FileNotFoundError", host.Log, StringComparison.Ordinal);
        Assert.Contains("Likely cause: a wrong path", host.Log, StringComparison.Ordinal);
        Assert.Contains($"Nearest to it is {folder.ModelPath}/sub/right.pkl.", host.Log, StringComparison.Ordinal);
        Assert.Contains("  many/000.txt", host.Log, StringComparison.Ordinal);
        Assert.Contains("  ... and more", host.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("  many/220.txt", host.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScoringHostVariables.EntryScript, "other.py", "The entry script 'other.py' does not exist")]
    [InlineData(ScoringHostVariables.EntryScript, "other.py", "Python files there: score.py")]
    [InlineData(ScoringHostVariables.AppRoot, "/no/such/folder", "there is no main.py in /no/such/folder")]
    [InlineData(ScoringHostVariables.Python, "/no/such/python", "'/no/such/python' (FAIRLEAD_PYTHON) could not be started")]
    [InlineData(ScoringHostVariables.Python, "/bin/false", "ended before it had connected: exit code 1")]
    [InlineData(ScoringHostVariables.WorkerCount, "0", "WORKER_COUNT is '0'; allowed is a whole number from 1 to 1024.")]
    [InlineData(ScoringHostVariables.ServerPort, "70000", "SERVER_PORT is '70000'; allowed is a whole number from 0 to 65535.")]
    [InlineData(ScoringHostVariables.LogLevel, "LOUD", "AZUREML_LOG_LEVEL is 'LOUD'; allowed is one of DEBUG, INFO")]
    [InlineData(ScoringHostVariables.BindAddress, "here", "FAIRLEAD_BIND_ADDRESS is 'here'; allowed is an IP address")]
    [InlineData(ScoringHostVariables.ModelFramework, "TensorFlow", "allowed is one of Onnx, ScikitLearn")]
    [InlineData(ScoringHostVariables.ModelFramework, "Onnx", "does not exist; an ONNX model is served from it")]
    public async Task Setting_ThatCannotWork_EndsTheHostWith3AndNamesIt(string variable, string value, string log)
    {
        await using var host = ScoringProcess.Start(new AppFolder().With("score.py", Good), (variable, value));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_InUse_EndsTheHostWith3()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        await using var host = ScoringProcess.Start(
            new AppFolder().With("main.py", Good),
            (ScoringHostVariables.ServerPort, port.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains($"Cannot listen on port {port}", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replacement_ThatCannotStart_EndsTheHostWith3()
    {
        const string Script = """
            import os
            marker = os.path.join(os.path.dirname(__file__), "marker")
            def init():
                if os.path.exists(marker):
                    raise RuntimeError("second init")
                open(marker, "w").close()
            def run(data):
                os._exit(1)
            """;
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", Script), (ScoringHostVariables.EntryScript, "score.py"));

        using var response = await host.ScoreAsync("die");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains("RuntimeError: second init", host.Log, StringComparison.Ordinal);
    }
}
