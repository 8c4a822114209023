namespace Fairlead.Contracts.Errors;

/// <summary>
/// The one exception type of ours that carries an answer for the user. Anything else that escapes is a defect and
/// becomes a 500 without detail.
/// </summary>
public sealed class FairleadException : Exception
{
    public FairleadException(ErrorDocument error, Exception? inner = null)
        : base(error.Message, inner)
    {
        Error = error;
    }

    public FairleadException(string code, int statusCode, string message, Exception? inner = null)
        : this(ErrorDocument.Of(code, statusCode, message), inner)
    {
    }

    /// <summary>What to tell the user.</summary>
    public ErrorDocument Error { get; }

    /// <summary>A bad argument: 400 <c>InvalidArgument</c> that names field, value and what is allowed.</summary>
    public static FairleadException InvalidArgument(string field, object? value, string allowed) =>
        new(new ErrorDocument(
            ErrorCodes.InvalidArgument,
            400,
            $"'{field}' is {Show(value)}, but must be {allowed}.",
            [new ErrorDetail(ErrorCodes.InvalidArgument, $"must be {allowed}", field)]));

    private static string Show(object? value) => value switch
    {
        null => "missing",
        string text => $"'{text}'",
        _ => FormattableString.Invariant($"{value}"),
    };
}
