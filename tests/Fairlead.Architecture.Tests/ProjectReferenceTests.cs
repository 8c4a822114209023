using System.Xml.Linq;

namespace Fairlead.Architecture.Tests;

/// <summary>Holds the direction of project references: docs/architecture.md draws the same arrows.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Fairlead.Contracts"] = [],
        ["Fairlead.Client"] = ["Fairlead.Contracts"],
        ["Fairlead.Cli"] = ["Fairlead.Client"],
        ["Fairlead.Gateway"] = ["Fairlead.Contracts"],
        ["Fairlead.Workspace"] = ["Fairlead.Contracts"],
        ["Fairlead.LocalCompute"] = ["Fairlead.Contracts"],
        ["Fairlead.Kubernetes"] = ["Fairlead.Contracts"],
        ["Fairlead.Scoring"] = ["Fairlead.Contracts"],
        ["Fairlead.Host"] = ["Fairlead.Gateway", "Fairlead.Kubernetes", "Fairlead.LocalCompute", "Fairlead.Workspace"],
    };

    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateDirectories(Repository.PathOf("src")).Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatTheArchitectureAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is new: say here what it may refer to.");

        var references = Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))
            .Order();

        Assert.Equal(allowed.Order(), references);
    }

    [Fact]
    public void Contracts_ReferToNoPackage()
    {
        Assert.Empty(Load("Fairlead.Contracts").Descendants("PackageReference"));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_PackageVersions_AreCentral(string project)
    {
        var pinned = Load(project).Descendants("PackageReference")
            .Where(reference => reference.Attribute("Version") is not null);

        Assert.Empty(pinned);
    }

    private static XDocument Load(string project) =>
        XDocument.Load(Repository.PathOf("src", project, project + ".csproj"));
}
