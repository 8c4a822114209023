using System.Text;

namespace Fairlead.Client.Http;

/// <summary>Builds a query string; members without a value are left out.</summary>
internal sealed class Query
{
    private readonly StringBuilder _text = new();

    public Query Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    /// <summary>Filters of the form <c>key=value</c>, or <c>key</c> alone for any value, joined with commas (§6.2).</summary>
    public Query AddFilters(string name, IReadOnlyList<string>? filters) =>
        Add(name, filters is { Count: > 0 } ? string.Join(',', filters) : null);

    public override string ToString() => _text.ToString();
}
