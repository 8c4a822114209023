using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Running;
using Spectre.Console;

namespace Fairlead.Cli.Output;

/// <summary>Results go to standard output, JSON alone or a table; everything for people goes to standard error.</summary>
internal sealed class Terminal
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly CliHost _host;
    private readonly Lazy<IAnsiConsole> _error;

    public Terminal(CliHost host, bool isTable)
    {
        (_host, IsTable) = (host, isTable);
        _error = new(() => ConsoleOn(host.Error, host.IsErrorInteractive));
    }

    /// <summary>Whether results are tables.</summary>
    public bool IsTable { get; }

    /// <summary>Whether live displays make sense.</summary>
    public bool IsLive => _host.IsErrorInteractive;

    /// <summary>Standard error, for live displays.</summary>
    public IAnsiConsole People => _error.Value;

    public void Say(string text)
    {
        lock (_host.Error)
        {
            _host.Error.WriteLine(text);
        }
    }

    public void Warn(string text) => Say("warning: " + text);

    /// <summary>Writes a result: JSON, or the named members of it as a table.</summary>
    /// <param name="result">An object or a list of them.</param>
    /// <param name="columns">Header and path of members, for example <c>("replicas", "deploymentStatus.availableReplicas")</c>.</param>
    public void Show(JsonNode? result, params (string Header, string Path)[] columns)
    {
        if (!IsTable || columns.Length == 0)
        {
            ShowJson(result);
        }
        else if (result is JsonArray items)
        {
            var table = new Table().Border(TableBorder.Simple);
            foreach (var (header, _) in columns)
            {
                table.AddColumn(new TableColumn(Markup.Escape(header)).NoWrap());
            }

            foreach (var item in items)
            {
                table.AddRow([.. columns.Select(column => Markup.Escape(Cell(item, column.Path)))]);
            }

            ShowTable(table);
        }
        else
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
            foreach (var (header, path) in columns)
            {
                grid.AddRow(Markup.Escape(header), Markup.Escape(Cell(result, path)));
            }

            ShowTable(grid);
        }
    }

    public void ShowJson(JsonNode? result)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            if (result is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                result.WriteTo(writer);
            }
        }

        _host.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public void ShowTable(Spectre.Console.Rendering.IRenderable table) =>
        ConsoleOn(_host.Out, _host.IsOutInteractive).Write(table);

    /// <summary>Writes text to standard output as it is.</summary>
    public void WriteOut(string line) => _host.Out.WriteLine(line);

    private static string Cell(JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = node is JsonArray list
                ? new JsonArray([.. list.Select(item => (item as JsonObject)?[part]?.DeepClone())])
                : (node as JsonObject)?[part];
        }

        return node switch
        {
            null => "",
            JsonArray list => string.Join(", ", list.Select(item => item?.ToString())),
            JsonObject members => string.Join(", ", members.Select(pair => $"{pair.Key}={pair.Value}")),
            _ => node.ToString(),
        };
    }

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool interactive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!interactive)
        {
            // A pipe has no width: nothing is to be cut off or wrapped.
            console.Profile.Width = 10_000;
        }

        return console;
    }
}
