using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Raw;

/// <summary>Raw mode (§3.1), with Flask and without: run() sees the same.</summary>
public sealed class RawModeTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    private const string Head = """
        import json
        from azureml.contrib.services.aml_request import AMLRequest, rawhttp
        from azureml.contrib.services.aml_response import AMLResponse
        def init():
            pass

        """;

    /// <summary>A module that hides Flask from scripts that ask for it.</summary>
    private const string NoFlask = """
        import sys
        class Hidden:
            def find_spec(self, name, path=None, target=None):
                if name == "flask":
                    raise ModuleNotFoundError("No module named 'flask'", name="flask")
        sys.meta_path.insert(0, Hidden())

        """;

    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Request_HasWhatEntryScriptsUse(bool flask)
    {
        await using var host = await StartAsync(flask, """
            @rawhttp
            def run(request):
                return {
                    "is": isinstance(request, AMLRequest), "method": request.method, "path": request.path,
                    "x": request.args.get("x"), "all": request.args.getlist("x"), "query": request.query_string.decode(),
                    "header": request.headers["x-one"], "json": request.get_json(), "again": request.json,
                    "data": request.data.decode(), "text": request.get_data(as_text=True), "type": request.content_type,
                    "mime": request.mimetype, "length": request.content_length, "is_json": request.is_json,
                    "cookie": request.cookies.get("c"), "url": request.url, "base": request.base_url,
                    "addr": request.remote_addr,
                }
            """);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/score?x=1&x=a%20b&y=%C3%BC")
        {
            Content = new StringContent("""{"a": "ü"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-One", "first");
        request.Headers.Add("Cookie", "c=d; e=f");
        request.Headers.Add("X-Forwarded-For", "10.1.2.3, 10.9.9.9");

        using var response = await host.Client.SendAsync(request);

        var seen = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var root = $"http://127.0.0.1:{host.Port}";
        var expected = JsonNode.Parse($$"""
            {"is": true, "method": "POST", "path": "/score", "x": "1", "all": ["1", "a b"], "query": "x=1&x=a%20b&y=%C3%BC",
             "header": "first", "json": {"a": "ü"}, "again": {"a": "ü"}, "data": "{\"a\": \"ü\"}", "text": "{\"a\": \"ü\"}",
             "type": "application/json; charset=utf-8", "mime": "application/json", "length": 11, "is_json": true,
             "cookie": "d", "base": "{{root}}/score", "addr": "10.1.2.3"}
            """);
        Assert.StartsWith(root + "/score?x=1", (string?)seen["url"], StringComparison.Ordinal);
        seen.AsObject().Remove("url");
        Assert.True(JsonNode.DeepEquals(expected, seen), seen.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Methods_AllReachRun(bool flask)
    {
        await using var host = await StartAsync(
            flask, "@rawhttp\ndef run(request, request_headers):\n    return [request.method, request_headers['X-One']]\n");

        foreach (var method in new[] { "GET", "POST", "OPTIONS" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/score");
            request.Headers.Add("x-one", "1");
            using var response = await host.Client.SendAsync(request);

            Assert.Equal($"[\"{method}\", \"1\"]", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(405, (int)(await host.Client.DeleteAsync("/score")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Uploads_ComeAsFilesAndFields(bool flask)
    {
        await using var host = await StartAsync(flask, """
            @rawhttp
            def run(request):
                files = [[name, f.filename, f.content_type, len(f.read())] for name in ("a", "b")
                         for f in request.files.getlist(name)]
                return {"files": files, "form": {key: request.form.getlist(key) for key in request.form}}
            """);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("wert ü"), "field" },
            { new StringContent(""), "empty" },
            { new StringContent("zwei"), "field" },
        };
        Add("a", "big \"quoted\".bin", new byte[3_000_000]);
        Add("a", "none.bin", []);
        Add("b", "lines.bin", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\r\n--\r", 5000))));

        using var response = await host.Client.PostAsync("/score", form);

        Assert.True(response.IsSuccessStatusCode, host.Log);
        var seen = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"files": [["a", "big \"quoted\".bin", "application/x-test", 3000000], ["a", "none.bin", "application/x-test", 0],
              ["b", "lines.bin", "application/x-test", 25000]], "form": {"field": ["wert ü", "zwei"], "empty": [""]}}
            """), seen), seen.ToJsonString());

        void Add(string name, string file, byte[] content)
        {
            var part = new ByteArrayContent(content);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/x-test");
            part.Headers.TryAddWithoutValidation(
                "Content-Disposition", $"form-data; name=\"{name}\"; filename=\"{file.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            form.Add(part);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Answer_KeepsStatusHeadersAndBytes(bool flask)
    {
        await using var host = await StartAsync(flask, """
            @rawhttp
            def run(request):
                body = request.get_data()[::-1]
                return AMLResponse(body, 418, {"Content-Type": "image/x", "X-Many": "1, 2"}, run_function_failed=True)
            """);

        using var response = await host.Client.PostAsync("/score", new ByteArrayContent([0, 255, 10, 128]));

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal([128, 10, 255, 0], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/x", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["1", "2"], response.Headers.GetValues("X-Many"));
        Assert.Equal("True", response.Headers.GetValues("x-ms-run-function-failed").Single());
    }

    [Fact]
    public async Task Flask_ItsOwnNamesWorkInsideRun()
    {
        await using var host = await StartAsync(true, """
            from flask import Response, jsonify, make_response, request as current
            @rawhttp
            def run(request):
                if current.args.get("plain"):
                    return Response("text", 202, {"X-A": "b"}, mimetype="text/x")
                answer = make_response(jsonify(same=current.get_json()), 201)
                answer.set_cookie("k", "v")
                answer.set_cookie("l", "w")
                return answer
            """);

        using var made = await host.ScoreAsync("[1]");
        using var plain = await host.Client.GetAsync("/score?plain=1");

        Assert.Equal(201, (int)made.StatusCode);
        Assert.Equal("""{"same":[1]}""", (await made.Content.ReadAsStringAsync()).Trim());
        Assert.Equal(2, made.Headers.GetValues("Set-Cookie").Count());
        Assert.Equal((202, "text"), ((int)plain.StatusCode, await plain.Content.ReadAsStringAsync()));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Form_ThatIsBroken_IsTheScriptsError(bool flask)
    {
        await using var host = await StartAsync(
            flask, "@rawhttp\ndef run(request):\n    return {'files': len(request.files), 'form': dict(request.form)}\n");
        using var content = new StringContent("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ncut");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        using var response = await host.Client.PostAsync("/score", content);

        Assert.Contains((int)response.StatusCode, new[] { 200, 500 });
        Assert.Equal("""{"files": 0, "form": {}}""", await host.ScoreTextAsync("next"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task DriverModule_MayHaveTheRawRun(bool flask)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", (flask ? "" : NoFlask) + "import inner as driver_module\ndef init():\n    pass\n")
                .With("inner.py", Head + "@rawhttp\ndef run(request):\n    return AMLResponse(request.method, 203)\n"), Entry);

        using var response = await host.Client.GetAsync("/score");

        Assert.Equal((203, "GET"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Form_CutAnywhere_IsTheSame()
    {
        await using var host = await StartAsync(false, """
            import sys
            @rawhttp
            def run(request):
                from fairlead_worker import multipart
                body = request.get_data()
                class Parts:
                    def __init__(self, parts):
                        self.parts = list(parts)
                    def read(self, most=-1):
                        return self.parts.pop(0) if self.parts else b""
                def parse(parts):
                    fields, files = multipart.parse(Parts(parts), request.content_type)
                    return fields + [(name, file.filename, file.read().decode("latin-1")) for name, file in files]
                whole = parse([body])
                cuts = [at for at in range(1, len(body)) if parse([body[:at], body[at:]]) != whole]
                each = parse([body[at:at + 1] for at in range(len(body))])
                return {"whole": whole, "wrong cuts": cuts, "by bytes": each == whole, "bytes": len(body)}
            """);
        const string Body = "before\r\n--b-b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b\r\n--b-b \r\n"
            + "Content-Disposition: form-data; name=\"f\"; filename=\"a \\\"b.bin\"\r\nContent-Type: a/b\r\n\r\n\r\n\r--\n\r\n--b-b--\r\nafter";
        using var content = new StringContent(Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b-b");

        using var response = await host.Client.PostAsync("/score", content);

        Assert.Equal(
            """{"whole": [["x", "1\r\n--b"], ["f", "a \"b.bin", "\r\n\r--\n"]], "wrong cuts": [], "by bytes": true, "bytes": """
            + Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}",
            await response.Content.ReadAsStringAsync());
    }

    private static Task<ScoringProcess> StartAsync(bool flask, string script) => ScoringProcess.StartReadyAsync(
        new AppFolder().With("score.py", (flask ? "" : NoFlask) + Head + script), Entry);
}
