using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The operator's own check of a spec: servers of some age check less than the schema says, and a schema cannot
/// say it all.</summary>
internal static class SpecRules
{
    public static readonly IReadOnlyList<string> PullPolicies = ["Always", "IfNotPresent", "Never"];

    private const string RelativePath = "relative, with '/' between parts, and without empty parts, '.' or '..'";

    /// <summary>Every field that cannot work, with its value and what is allowed; empty when all can.</summary>
    public static IReadOnlyList<ErrorDetail> Check(string name, ScoringServiceResourceSpec spec)
    {
        var rules = ServingRules.Check(spec, ServingNames.Resource);
        rules.Range("replicas", spec.Replicas, 0, ServingRules.MostReplicas);
        var problems = rules.Found;
        if (!ServiceNames.IsValid(name))
        {
            Add("metadata.name", $"'metadata.name' is '{name}', but must be {ServiceNames.Rule}");
        }

        CheckCode();
        CheckFiles("spec.source", spec.Source);
        CheckModels();
        return problems;

        void CheckCode()
        {
            if (spec.EntryScript is { } script && !IsRelative(script))
            {
                Add("spec.entryScript", $"'spec.entryScript' is '{script}', but must be {RelativePath}");
            }

            if (spec.Traffic is { } traffic)
            {
                problems.AddRange(traffic.Check().Select(Describe));
                if (spec.EntryScript is not null || spec.Models.Count > 0)
                {
                    Add("spec.traffic", "'spec.traffic' is given beside 'spec.entryScript' or 'spec.models', but an endpoint runs nothing itself; take one of them out");
                }
            }
            else if (spec.EntryScript is null && spec.Models.Count == 0)
            {
                Add("spec", "'spec.entryScript' and 'spec.models' are both missing, so there is nothing to serve; give one of them");
            }
            else if (spec.EntryScript is null && spec.Models[0].Framework is not (ModelFrameworks.Onnx or ModelFrameworks.ScikitLearn))
            {
                Add("spec.models[0].framework",
                    $"'spec.models[0].framework' is {Show(spec.Models[0].Framework)}, but must be {ModelFrameworks.Onnx} or {ModelFrameworks.ScikitLearn} without an entry script");
            }
        }

        void CheckModels()
        {
            for (var i = 0; i < spec.Models.Count; i++)
            {
                var field = FormattableString.Invariant($"spec.models[{i}]");
                var model = spec.Models[i];
                if (!ModelNames.IsValid(model.Name))
                {
                    Add(field + ".name", $"'{field}.name' is {Show(model.Name)}, but must be {ModelNames.Rule}");
                }

                if (model.Version < 1)
                {
                    Add(field + ".version", FormattableString.Invariant($"'{field}.version' is {model.Version}, but must be 1 or more"));
                }

                if (model is { Files.Count: 0, PersistentVolumeClaim: null })
                {
                    Add(field, $"'{field}' has neither 'files' nor 'persistentVolumeClaim'; give one of them");
                }

                if (spec.Models.Take(i).Any(other => other.Name == model.Name && other.Version == model.Version))
                {
                    Add(field, $"'{field}' is {ModelNames.Id(model.Name, model.Version)} again; each model may be there once");
                }

                CheckFiles(field, model);
            }
        }

        void CheckFiles(string field, FileSet? set)
        {
            if (set is { Files.Count: > 0, PersistentVolumeClaim: not null })
            {
                Add(field, $"'{field}' has both 'files' and 'persistentVolumeClaim'; give one of them");
            }

            if (set?.PersistentVolumeClaim is { Path: { } path } && !IsRelative(path))
            {
                Add(field + ".persistentVolumeClaim.path", $"'{field}.persistentVolumeClaim.path' is '{path}', but must be {RelativePath}");
            }

            foreach (var (file, i) in (set?.Files ?? []).Select((file, i) => (file, i)))
            {
                var where = FormattableString.Invariant($"{field}.files[{i}]");
                if (!Uri.TryCreate(file.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                {
                    Add(where + ".url", $"'{where}.url' is '{file.Url}', but must be an http or https URL");
                }
                else if (!file.Unpack && file.Path is null && FileNames.LastPart(file.Url) is null)
                {
                    Add(where + ".path", $"'{where}.url' does not end in a file name, so '{where}.path' must say where the file goes");
                }

                if (!Contracts.Storage.Digest.IsValid(Contracts.Storage.Digest.Prefix + file.Sha256))
                {
                    Add(where + ".sha256", $"'{where}.sha256' is '{file.Sha256}', but must be 64 lower-case hexadecimal digits");
                }

                if (file.Path is { } target && !IsRelative(target))
                {
                    Add(where + ".path", $"'{where}.path' is '{target}', but must be {RelativePath}");
                }
            }
        }

        void Add(string field, string message) => problems.Add(new ErrorDetail(ErrorCodes.InvalidArgument, message, field));
    }

    private static ErrorDetail Describe(TrafficProblem problem)
    {
        const string Traffic = "spec.traffic.";
        var field = problem.Version is { } index ? FormattableString.Invariant($"{Traffic}versions[{index}].{problem.Member}") : Traffic + problem.Member;
        var value = Show(Convert.ToString(problem.Value, CultureInfo.InvariantCulture));
        return new ErrorDetail(ErrorCodes.InvalidArgument, $"'{field}' is {value}, but must be {problem.Allowed}", field);
    }

    private static string Show(string? value) => string.IsNullOrEmpty(value) ? "missing" : $"'{value}'";

    private static bool IsRelative(string path) =>
        path.Split('/').All(part => part is not ("" or "." or "..") && !part.Contains('\0'));
}
