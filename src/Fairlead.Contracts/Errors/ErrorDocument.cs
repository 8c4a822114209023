using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Errors;

/// <summary>The error of a deployment or operation, shaped as §1.7 of the contract.</summary>
/// <param name="Code">A stable name from <see cref="ErrorCodes"/>.</param>
/// <param name="StatusCode">The HTTP status the error stands for.</param>
/// <param name="Message">What happened and what to do about it, for people.</param>
/// <param name="Details">Causes, most telling first; may be empty.</param>
public sealed record ErrorDocument(
    string Code,
    int StatusCode,
    string Message,
    IReadOnlyList<ErrorDetail> Details)
{
    /// <summary>Makes a document without details.</summary>
    public static ErrorDocument Of(string code, int statusCode, string message) => new(code, statusCode, message, []);
}

/// <summary>One cause inside an <see cref="ErrorDocument"/>.</summary>
/// <param name="Code">A stable name, for example <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">What happened, for people; may hold several lines (the end of a log).</param>
/// <param name="Target">The field or object it is about; null when there is none.</param>
public sealed record ErrorDetail(
    string Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Target = null);
