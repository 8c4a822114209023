using System.Text.RegularExpressions;
using Fairlead.Gateway;
using Fairlead.Host.Telemetry;
using Fairlead.LocalCompute;
using Fairlead.Workspace;
using Microsoft.Extensions.Configuration;

namespace Fairlead.Host.Tests;

/// <summary>Holds docs/configuration.md to the defaults in the code.</summary>
public sealed partial class ConfigurationDocumentTests
{
    /// <summary>Settings that the command line gives, or that a server cannot be without.</summary>
    private static readonly string[] FromTheCommandLine =
    [
        "BindAddress", "HttpPort", "Http2Port", "HttpsPort", "DataDirectory",
        "ScoringHostPath", "GatewayUrl", "DefaultPython",
    ];

    [Fact]
    public void Gateway_DocumentedSettings_AreTheDefaults() =>
        AssertSame(GatewayOptions.SectionName, new GatewayOptions(), new GatewayOptions());

    [Fact]
    public void Telemetry_DocumentedSettings_AreTheDefaults() =>
        AssertSame(TelemetryOptions.SectionName, new TelemetryOptions(), new TelemetryOptions());

    [Fact]
    public void Workspace_DocumentedSettings_AreTheDefaults() =>
        AssertSame(WorkspaceOptions.SectionName, new WorkspaceOptions(), new WorkspaceOptions());

    [Fact]
    public void LocalCompute_DocumentedSettings_AreTheDefaults() =>
        AssertSame(LocalComputeOptions.SectionName, new LocalComputeOptions(), new LocalComputeOptions());

    private static void AssertSame<T>(string section, T defaults, T documented)
        where T : class
    {
        var configuration = Documented().GetSection(section);
        configuration.Bind(documented);
        var settings = typeof(T).GetProperties().Where(property => !FromTheCommandLine.Contains(property.Name)).ToList();

        Assert.Equal(
            settings.Select(property => property.Name).Order(),
            configuration.GetChildren().Select(child => child.Key).Order());
        Assert.All(
            settings, property => Assert.Equal(property.GetValue(defaults), property.GetValue(documented)));
    }

    private static IConfigurationRoot Documented()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Not inside a checkout.");
        }

        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "configuration.md"));
        var json = JsonBlock().Match(text).Groups[1].Value;
        return new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build();
    }

    [GeneratedRegex("```json\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
