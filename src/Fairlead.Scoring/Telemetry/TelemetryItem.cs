using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Telemetry;

/// <summary>Writes items as Application Insights takes them: one JSON object a line (its "track" document, version 2).</summary>
internal sealed class TelemetryItem(ScoringOptions options, Guid key, string instance)
{
    private readonly string _key = key.ToString();

    /// <summary>A request that was answered (§3.7).</summary>
    public byte[] Request(RequestFacts facts, string? answer) => Write("Request", facts, data =>
    {
        data.WriteString("id", facts.Id);
        data.WriteString("name", facts.Path);
        data.WriteString("url", facts.Url);
        data.WriteString("duration", facts.Duration.ToString(@"dd\.hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture));
        data.WriteString("responseCode", facts.Status.ToString(CultureInfo.InvariantCulture));
        data.WriteBoolean("success", facts.Status < StatusCodes.Status400BadRequest);
    }, properties =>
    {
        properties.WriteString("http_method", facts.Method);
        if (answer is not null)
        {
            properties.WriteString("Response Value", answer);
        }
    });

    /// <summary>What <c>run()</c> raised.</summary>
    public byte[] Exception(RequestFacts facts, ScriptException exception) => Write("Exception", facts, data =>
    {
        data.WriteStartArray("exceptions");
        data.WriteStartObject();
        data.WriteNumber("id", 1);
        data.WriteString("typeName", exception.Type);
        data.WriteString("message", exception.Message.Length > 0 ? exception.Message : exception.Type);
        data.WriteBoolean("hasFullStack", true);
        data.WriteString("stack", exception.Traceback);
        data.WriteEndObject();
        data.WriteEndArray();
    });

    /// <summary>Input and prediction of a request, as the row <c>model_data_collection</c> of traces (§3.7).</summary>
    public byte[] CollectedData(RequestFacts facts, IReadOnlyList<string> models, string input, string? prediction) =>
        Write("Message", facts, data =>
        {
            data.WriteString("message", "model_data_collection");
            data.WriteString("severityLevel", "Information");
        }, properties =>
        {
            properties.WriteString("Models", "[" + string.Join(", ", models) + "]");
            properties.WriteString("Input", input);
            properties.WriteString("Prediction", prediction ?? "");
        });

    private byte[] Write(
        string kind, RequestFacts facts, Action<Utf8JsonWriter> writeData, Action<Utf8JsonWriter>? writeProperties = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", $"Microsoft.ApplicationInsights.{_key.Replace("-", "", StringComparison.Ordinal)}.{kind}");
            json.WriteString("time", facts.Started.UtcDateTime);
            json.WriteString("iKey", _key);
            json.WriteStartObject("tags");
            json.WriteString("ai.cloud.role", options.ServiceName);
            json.WriteString("ai.cloud.roleInstance", instance);
            json.WriteString("ai.operation.id", facts.OperationId);
            json.WriteString("ai.operation.name", $"{facts.Method} {facts.Path}");
            if ((kind == "Request" ? facts.ParentId : facts.Id) is { } parent)
            {
                json.WriteString("ai.operation.parentId", parent);
            }

            json.WriteEndObject();
            json.WriteStartObject("data");
            json.WriteString("baseType", kind + "Data");
            json.WriteStartObject("baseData");
            json.WriteNumber("ver", 2);
            writeData(json);
            json.WriteStartObject("properties");
            json.WriteString("Container Id", instance);
            json.WriteString("Request Id", facts.RequestId);
            json.WriteString("Client Request Id", facts.ClientRequestId ?? "");
            json.WriteString("Workspace Name", options.WorkspaceName);
            json.WriteString("Service Name", options.ServiceName);
            writeProperties?.Invoke(json);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
