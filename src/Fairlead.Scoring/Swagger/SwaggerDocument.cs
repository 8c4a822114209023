using System.Text.Json.Nodes;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Swagger;

/// <summary>The generated documents of a service (§3.8).</summary>
internal sealed class SwaggerDocument(ScoringOptions options, ServiceSchema service)
{
    private const string HealthText =
        "If service is up and running, this response will be returned with the content 'Healthy'";

    private const string ScoreText =
        "The service processed the input correctly and provided a result prediction, if applicable.";

    private const string FailedText = "The service failed to execute due to an error.";
    private const string SpecText = "The Swagger specification.";
    private const string InputText = "The input payload for executing the real-time machine learning service.";

    private readonly string _prefix =
        options.ServicePathPrefix.Trim('/') is { Length: > 0 } prefix ? "/" + prefix : "";

    public string Version2()
    {
        const string Schemas = "#/definitions/";
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["schemes"] = new JsonArray("https"),
            ["consumes"] = new JsonArray("application/json"),
            ["produces"] = new JsonArray("application/json"),
            ["securityDefinitions"] = Security(),
            ["paths"] = Paths(
                Answer2(HealthText, Text(), new JsonObject { ["application/json"] = "Healthy" }),
                Answer2(ScoreText, Reference(Schemas + "ServiceOutput")),
                Answer2(SpecText, Text()),
                Answer2(FailedText, Reference(Schemas + "ErrorResponse")),
                score => score["parameters"] = new JsonArray(new JsonObject
                {
                    ["name"] = "serviceInputPayload",
                    ["in"] = "body",
                    ["description"] = InputText,
                    ["schema"] = Reference(Schemas + "ServiceInput"),
                }),
                VersionParameter(new JsonObject { ["type"] = "integer", ["enum"] = new JsonArray(2, 3) })),
            ["definitions"] = Schema(),
        }.ToJsonString();
    }

    public string Version3(string openApi)
    {
        const string Schemas = "#/components/schemas/";
        var health = Text();
        health["example"] = "Healthy";
        return new JsonObject
        {
            ["openapi"] = openApi,
            ["info"] = Info(),
            ["security"] = Bearer(),
            ["paths"] = Paths(
                Answer3(HealthText, "text/plain", health),
                Answer3(ScoreText, "application/json", Reference(Schemas + "ServiceOutput")),
                Answer3(SpecText, "text/plain", Text()),
                Answer3(FailedText, "application/json", Reference(Schemas + "ErrorResponse")),
                score => score["requestBody"] = Answer3(InputText, "application/json", Reference(Schemas + "ServiceInput")),
                VersionParameter(new JsonObject
                {
                    ["schema"] = new JsonObject { ["type"] = "integer", ["enum"] = new JsonArray(2, 3) },
                })),
            ["components"] = new JsonObject { ["schemas"] = Schema(), ["securitySchemes"] = Security() },
        }.ToJsonString();
    }

    private JsonObject Paths(
        JsonObject health, JsonObject score, JsonObject spec, JsonObject failed, Action<JsonObject> addInput,
        JsonObject versionParameter)
    {
        var run = Operation("RunMLService", "Run web service's model and get the prediction output");
        run["security"] = Bearer();
        addInput(run);
        run["responses"] = Responses(score);

        var check = Operation(
            "ServiceHealthCheck", "Simple health check endpoint to ensure the service is up at any given point.");
        check["responses"] = Responses(health);

        var get = Operation("GetSwaggerSpec", "Get the Swagger specification.");
        get["parameters"] = new JsonArray(versionParameter);
        get["responses"] = Responses(spec);

        return new JsonObject
        {
            [_prefix + "/"] = new JsonObject { ["get"] = check },
            [_prefix + "/score"] = new JsonObject { ["post"] = run },
            [_prefix + "/swagger.json"] = new JsonObject { ["get"] = get },
        };

        JsonObject Responses(JsonObject ok) => new() { ["200"] = ok, ["default"] = failed.DeepClone() };
    }

    private JsonObject Info() => new()
    {
        ["title"] = options.ServiceName,
        ["description"] = $"API specification for the Azure Machine Learning service {options.ServiceName}",
        ["version"] = options.ServiceVersion,
    };

    private static JsonObject Operation(string id, string description) =>
        new() { ["operationId"] = id, ["description"] = description };

    private static JsonObject Answer2(string description, JsonObject schema, JsonObject? examples = null)
    {
        var answer = new JsonObject { ["description"] = description, ["schema"] = schema };
        if (examples is not null)
        {
            answer["examples"] = examples;
        }

        return answer;
    }

    private static JsonObject Answer3(string description, string type, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = schema } },
    };

    private static JsonObject VersionParameter(JsonObject type)
    {
        var parameter = new JsonObject { ["name"] = "version", ["in"] = "query", ["required"] = false };
        foreach (var (name, value) in type)
        {
            parameter[name] = value?.DeepClone();
        }

        return parameter;
    }

    private JsonObject Schema() => new()
    {
        ["ServiceInput"] = service.CopyInput(),
        ["ServiceOutput"] = service.CopyOutput(),
        ["ErrorResponse"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["message"] = Text() },
        },
    };

    private static JsonObject Security() => new()
    {
        ["Bearer"] = new JsonObject
        {
            ["type"] = "apiKey",
            ["name"] = "Authorization",
            ["in"] = "header",
            ["description"] = "For example: Bearer abc123",
        },
    };

    private static JsonArray Bearer() => new(new JsonObject { ["Bearer"] = new JsonArray() });

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };
}
