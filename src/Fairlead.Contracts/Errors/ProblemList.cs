namespace Fairlead.Contracts.Errors;

/// <summary>Collects what is wrong with an input: each problem names the field, its value and what is allowed.</summary>
/// <param name="prefix">What stands before every field's name.</param>
public sealed class ProblemList(string prefix)
{
    public string Prefix => prefix;

    public List<ErrorDetail> Found { get; } = [];

    public void Add(string field, string message) => Found.Add(new ErrorDetail(ErrorCodes.InvalidArgument, message, prefix + field));

    public void AddRange(IEnumerable<ErrorDetail> problems) => Found.AddRange(problems);

    /// <summary>Adds a problem when a number is outside its bounds, which are allowed themselves.</summary>
    public void Range(string field, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            Add(field, FormattableString.Invariant($"'{prefix}{field}' is {value}, but must be from {least} to {most}"));
        }
    }

    /// <summary>Adds a problem when a number is not a finite one above zero.</summary>
    public void AboveZero(string field, double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            Add(field, FormattableString.Invariant($"'{prefix}{field}' is {value}, but must be above 0"));
        }
    }

    /// <summary>Adds a problem when a number is above another; a null number is none.</summary>
    public void NotAbove(string field, double? value, string otherField, double? other)
    {
        if (value > other)
        {
            Add(field, FormattableString.Invariant($"'{prefix}{field}' is {value}, above '{prefix}{otherField}', which is {other}"));
        }
    }

    /// <summary>Adds a problem when a number is below another; a null number is none.</summary>
    public void NotBelow(string field, double? value, string otherField, double? other)
    {
        if (value < other)
        {
            Add(field, FormattableString.Invariant($"'{prefix}{field}' is {value}, below '{prefix}{otherField}', which is {other}"));
        }
    }
}
