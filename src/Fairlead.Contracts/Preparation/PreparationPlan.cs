namespace Fairlead.Contracts.Preparation;

/// <summary>
/// What <c>fairlead-scoring prepare</c> puts in place before a replica starts: the scoring host itself, and files by URL.
/// A compute target hands it over as JSON in <see cref="Variable"/>.
/// </summary>
public sealed record PreparationPlan
{
    /// <summary>The environment variable with the plan.</summary>
    public const string Variable = "FAIRLEAD_PREPARATION";

    /// <summary>Folder to copy the scoring host to; null: it is not copied.</summary>
    public string? CopyHostTo { get; init; }

    /// <summary>Folder that the files' paths are relative to.</summary>
    public required string Root { get; init; }

    /// <summary>Files to download.</summary>
    public IReadOnlyList<PreparedFile> Files { get; set; } = [];

    /// <summary>Folders to copy, each to a path relative to <see cref="Root"/>; empty: the root itself.</summary>
    public IReadOnlyDictionary<string, string> Folders { get; set; } = new Dictionary<string, string>();

    /// <summary>Files whose content is here, by path: small ones that are ours, such as <c>model_config_map.json</c>.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; set; } = new Dictionary<string, string>();
}

/// <summary>One file of a plan.</summary>
/// <param name="Url">Where it is; <c>http</c> or <c>https</c>. <c>$(NAME)</c> stands for a variable of the container.</param>
/// <param name="Digest">Of its content: see <see cref="Storage.Digest"/>.</param>
/// <param name="Path">Relative to <see cref="PreparationPlan.Root"/>: the file, or the folder to unpack into.</param>
/// <param name="Unpack">Whether it is a zip, tar or tar.gz archive to unpack.</param>
public sealed record PreparedFile(string Url, string Digest, string Path, bool Unpack = false);
