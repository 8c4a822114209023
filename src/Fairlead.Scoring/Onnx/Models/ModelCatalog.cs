using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>The models of the service, by name and version.</summary>
internal sealed class ModelCatalog : IDisposable
{
    private const int MaxListed = 20;
    private readonly Dictionary<string, OnnxModel[]> _byName;
    private readonly OnnxModel? _sole;

    public ModelCatalog(IEnumerable<OnnxModel> models)
    {
        // Newest first: it is the one that a request without a version gets.
        _byName = models.GroupBy(model => model.Name, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => group.OrderByDescending(model => int.TryParse(model.File.Version, out var version) ? version : -1).ToArray(),
            StringComparer.Ordinal);
        _sole = _byName.Count == 1 ? _byName.Values.First()[0] : null;
    }

    public IEnumerable<OnnxModel> All => _byName.Values.SelectMany(versions => versions);

    /// <summary>All versions of a model, newest first; empty: there is none of that name.</summary>
    public IReadOnlyList<OnnxModel> VersionsOf(string name) => _byName.GetValueOrDefault(name) ?? [];

    /// <summary>The model a request names.</summary>
    /// <param name="name">Null: the only one.</param>
    /// <param name="version">Null: the newest.</param>
    public OnnxModel Find(string? name, string? version)
    {
        if (name is null && version is null && _sole is not null)
        {
            return _sole;
        }

        if ((name ?? _sole?.Name) is not { } wanted)
        {
            throw new BadInputException(
                $"This service has {_byName.Count} models: name one as /score?model=NAME. They are: {ListNames()}.");
        }

        var versions = VersionsOf(wanted);
        if (versions.Count == 0)
        {
            throw new UnknownModelException($"Model '{wanted}' is not in this service; it has: {ListNames()}.");
        }

        return version is null
            ? versions[0]
            : versions.FirstOrDefault(model => model.File.Version == version)
                ?? throw new UnknownModelException(
                    $"Model '{wanted}' has no version '{version}' in this service; it has: "
                    + $"{string.Join(", ", versions.Select(model => model.File.Version ?? "none"))}.");
    }

    public void Dispose()
    {
        foreach (var model in All)
        {
            model.Dispose();
        }
    }

    private string ListNames() => string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal).Take(MaxListed))
        + (_byName.Count > MaxListed ? ", …" : "");
}

/// <summary>A request names a model that is not here; the message goes into a 404.</summary>
internal sealed class UnknownModelException(string message) : Exception(message);
