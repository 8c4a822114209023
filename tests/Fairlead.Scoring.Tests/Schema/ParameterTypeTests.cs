namespace Fairlead.Scoring.Tests.Schema;

/// <summary>The types of §3.8, with Debian's numpy and pandas. What does not fit fails inside run(): 500.</summary>
public sealed class ParameterTypeTests
{
    private const string Failed =
        """{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""";

    [Theory]
    [InlineData("NumpyParameterType(np.array([[1.0, 2.0]]))", "[[3, 4], [5, 6], [7, 8]]", "['ndarray', (3, 2), 'float64', [[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]]")]
    [InlineData("NumpyParameterType(np.array([[1.0, 2.0]]))", "[[3, 4, 5]]", null)]
    [InlineData("NumpyParameterType(np.array([[1.0, 2.0]]), enforce_shape=False)", "[[3, 4, 5]]", "['ndarray', (1, 3), 'float64', [[3.0, 4.0, 5.0]]]")]
    [InlineData("NumpyParameterType(np.array([1, 2], dtype='int32'))", "[7]", "['ndarray', (1,), 'int32', [7]]")]
    [InlineData("NumpyParameterType(np.array([1, 2], dtype='int32'))", "[\"x\"]", null)]
    [InlineData("NumpyParameterType(np.array([True]))", "[false]", "['ndarray', (1,), 'bool', [False]]")]
    [InlineData("NumpyParameterType(np.array(['a']))", "[\"b\"]", "['ndarray', (1,), '<U1', ['b']]")]
    [InlineData("NumpyParameterType(np.array([[1]]))", "[]", null)]
    public async Task Numpy_FollowsTheSample(string type, string value, string? expected) => await CheckAsync(
        type, value, "[type(x).__name__, x.shape, str(x.dtype), x.tolist()]", expected);

    [Theory]
    [InlineData("records", """[{"a": 3, "b": "y"}]""")]
    [InlineData("split", """{"columns": ["a", "b"], "index": [0], "data": [[3, "y"]]}""")]
    [InlineData("index", """{"0": {"a": 3, "b": "y"}}""")]
    [InlineData("columns", """{"a": {"0": 3}, "b": {"0": "y"}}""")]
    [InlineData("values", """[[3, "y"]]""")]
    [InlineData("table", """{"schema": {"fields": [{"name": "index", "type": "integer"}, {"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], "primaryKey": ["index"]}, "data": [{"index": 0, "a": 3, "b": "y"}]}""")]
    public async Task Pandas_TakesEveryOrient(string orient, string value) => await CheckAsync(
        $"PandasParameterType(pd.DataFrame({{'a': [1], 'b': ['x']}}), orient='{orient}')", value,
        "[type(x).__name__, x.shape, [str(t) for t in x.dtypes], x.values.tolist()]",
        "['DataFrame', (1, 2), ['int64', 'object'], [[3, 'y']]]");

    [Theory]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [1.5]}))", """[{"a": 3}]""", "['float64']")]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [1]}))", """[{"a": "x"}]""", null)]
    [InlineData("PandasParameterType(pd.DataFrame({'a': ['x']}))", """[{"a": "007"}]""", "['object']")]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [1]}), enforce_column_type=False)", """[{"a": "x"}]""", "['object']")]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [1], 'b': [2]}))", """[{"a": 1}]""", null)]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [1]}), enforce_shape=False)", """[{"a": 1, "b": 2}]""", "['int64', 'int64']")]
    [InlineData("PandasParameterType(pd.DataFrame({'a': [True]}))", """[{"a": false}]""", "['bool']")]
    public async Task Pandas_FollowsTheSample(string type, string value, string? expected) =>
        await CheckAsync(type, value, "[str(t) for t in x.dtypes]", expected);

    [Theory]
    [InlineData("1", "2", "2")]
    [InlineData("1", "\"x\"", null)]
    [InlineData("'a'", "\"b\"", "'b'")]
    [InlineData("'a'", "1", null)]
    [InlineData("1.5", "2", "2")]
    [InlineData("1.5", "2.5", "2.5")]
    [InlineData("True", "false", "False")]
    [InlineData("[1]", "[2, 3]", "[2, 3]")]
    [InlineData("[1]", "{}", null)]
    [InlineData("{'a': 1}", """{"a": 5}""", "{'a': 5}")]
    [InlineData("datetime.date(2020, 1, 2)", "\"2021-03-04\"", "datetime.date(2021, 3, 4)")]
    [InlineData("datetime.time(1, 2)", "\"03:04:05\"", "datetime.time(3, 4, 5)")]
    [InlineData("datetime.date(2020, 1, 2)", "\"yesterday\"", null)]
    [InlineData("b'abc'", "\"aGk=\"", "b'hi'")]
    public async Task Standard_FollowsTheSample(string sample, string value, string? expected) =>
        await CheckAsync($"StandardPythonParameterType({sample})", value, "repr(x)", expected);

    [Fact]
    public async Task Standard_TakesDateTimes() => await CheckAsync(
        "StandardPythonParameterType(datetime.datetime(2020, 1, 2, 3, 4))", "\"2021-03-04T05:06:07\"",
        "[type(x).__name__, x.year, x.second]", "['datetime', 2021, 7]");

    [Fact]
    public async Task Nested_TypesConvertWhereTheyLie() => await CheckAsync(
        "StandardPythonParameterType({'m': NumpyParameterType(np.array([[1.0]])), 'l': [PandasParameterType(pd.DataFrame({'a': [1]}))]})",
        """{"m": [[2], [3]], "l": [[{"a": 4}]]}""",
        "[type(x['m']).__name__, x['m'].shape, type(x['l'][0]).__name__, int(x['l'][0]['a'][0])]",
        "['ndarray', (2, 1), 'DataFrame', 4]");

    [Fact]
    public async Task Conversion_CanBeOff() => await CheckAsync(
        "NumpyParameterType(np.array([[1.0]])), convert_to_provided_type=False", "[[2]]", "[type(x).__name__, x]", "['list', [[2]]]");

    [Fact]
    public async Task Optional_LetsNullThrough() => await CheckAsync(
        "NumpyParameterType(np.array([[1.0]])), optional=True", "null", "x is None", "True");

    private static async Task CheckAsync(string type, string value, string seen, string? expected)
    {
        await using var host = await SchemaScript.StartAsync(
            $"@input_schema('x', {type})\ndef run(x):\n    return str({seen})\n");

        var answer = await host.ScoreTextAsync($$"""{"x": {{value}}}""");

        Assert.True(
            (expected is null ? Failed : System.Text.Json.JsonSerializer.Serialize(expected)) == Normal(answer),
            $"{answer}\n{host.Log}");

        static string Normal(string answer) => answer.StartsWith('"')
            ? System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonSerializer.Deserialize<string>(answer)) : answer;
    }
}
