namespace Fairlead.Host.Tests;

public sealed class HostCommandLineTests
{
    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--gateway-port", "-1")]
    [InlineData("--gateway-http2-port", "65536")]
    public void Up_PortOutOfRange_NamesOptionValueAndRange(string option, string value)
    {
        var error = Assert.Single(HostCommandLine.Create().Parse(["up", option, value]).Errors);

        Assert.Contains($"'{option}' is {value}", error.Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 65535", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Up_CertificateWithoutKey_SaysWhatIsMissing()
    {
        var error = Assert.Single(HostCommandLine.Create().Parse(["up", "--tls-cert-file", "a.pem"]).Errors);

        Assert.Contains("--tls-key-file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "70000", "from 0 to 65535")]
    [InlineData("--drain", "-1", "from 0 to 300")]
    public void Workspace_OptionOutOfRange_NamesOptionValueAndRange(string option, string value, string range)
    {
        var error = Assert.Single(HostCommandLine.Create().Parse(["workspace", option, value]).Errors);

        Assert.Contains($"'{option}' is {value}", error.Message, StringComparison.Ordinal);
        Assert.Contains(range, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workspace_NothingToShare_EndsWithWhatIsMissing()
    {
        var data = Directory.CreateTempSubdirectory("fairlead-").FullName;
        try
        {
            Assert.Equal(ExitCodes.BadSetting, await HostCommandLine.Create().Parse(["workspace", "--data", data, "--port", "0"]).InvokeAsync());
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
