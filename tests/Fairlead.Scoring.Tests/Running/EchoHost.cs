using Fairlead.Contracts;

namespace Fairlead.Scoring.Tests.Running;

/// <summary>One host for all tests that only ask: its script does what the body says.</summary>
public sealed class EchoHost : IAsyncLifetime
{
    private const string Script = """
        import json
        import sys
        from azureml.contrib.services.aml_request import AMLRequest, rawhttp as _unused
        from azureml.contrib.services.aml_response import AMLResponse
        from azureml_inference_server_http.api.aml_response import AMLResponse as Same

        assert Same is AMLResponse
        inits = 0

        def init():
            global inits
            inits += 1
            print("printed in init")
            print("complained in init", file=sys.stderr)

        def run(data, request_headers):
            if data == "inits":
                return inits
            if data == "text":
                return "text"
            if data == "headers":
                return request_headers
            if data == "set":
                return {1, 2}
            if data == "raise":
                raise ValueError("the value is wrong")
            if data == "exit":
                sys.exit(4)
            if data == "large":
                return "x" * 3000000
            if data.startswith("response "):
                return AMLResponse(**json.loads(data[len("response "):]))
            return {"got": data}
        """;

    private ScoringProcess? _process;

    internal ScoringProcess Process => _process!;

    public async ValueTask InitializeAsync() => _process = await ScoringProcess.StartReadyAsync(
        new AppFolder().With("score.py", Script), (ScoringHostVariables.EntryScript, "score.py"));

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
