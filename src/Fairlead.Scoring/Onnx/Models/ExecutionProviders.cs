using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>What models run on: the first of the preferred providers that can be had, and the CPU for what it does not
/// take.</summary>
/// <param name="Description">For example <c>CUDA, then CPU</c>.</param>
/// <param name="Unavailable">Those that were asked for by name, and why they are not used.</param>
internal sealed record ExecutionProviders(
    SessionOptions Options, string Description, IReadOnlyList<(string Name, string Reason)> Unavailable) : IDisposable
{
    /// <summary>What is tried when nothing is asked for.</summary>
    private static readonly string[] Automatic = ["cuda", "rocm", "migraphx"];

    private static readonly Dictionary<string, (string Title, string RuntimeName, Action<SessionOptions> Append)> Known =
        new(StringComparer.Ordinal)
        {
            ["cuda"] = ("CUDA", "CUDAExecutionProvider", options => options.AppendExecutionProvider_CUDA(0)),
            ["tensorrt"] = ("TensorRT", "TensorrtExecutionProvider", options => options.AppendExecutionProvider_Tensorrt(0)),
            ["rocm"] = ("ROCm", "ROCMExecutionProvider", options => options.AppendExecutionProvider_ROCm(0)),
            ["migraphx"] = ("MIGraphX", "MIGraphXExecutionProvider", options => options.AppendExecutionProvider_MIGraphX(0)),
        };

    /// <param name="asked">Lower-case names, by preference; empty: whatever GPU there is.</param>
    /// <param name="offered">What the runtime's library was built with.</param>
    public static ExecutionProviders Choose(IReadOnlyList<string> asked, IReadOnlyCollection<string> offered)
    {
        var options = new SessionOptions();
        options.DisablePerSessionThreads();
        var used = new List<string>();
        var unavailable = new List<(string, string)>();
        foreach (var name in asked.Count > 0 ? asked : Automatic)
        {
            if (name == "cpu")
            {
                break; // It takes everything: what comes after it would never run.
            }

            var (title, runtimeName, append) = Known[name];
            if (!offered.Contains(runtimeName))
            {
                unavailable.Add((name, "the library of ONNX Runtime beside the binary was built without it"));
                continue;
            }

            try
            {
                append(options);
                used.Add(title);
            }
            catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
            {
                unavailable.Add((name, exception.Message));
            }
        }

        return new ExecutionProviders(
            options, string.Join(", then ", used.Append("CPU")),
            // A provider that nobody asked for is worth a line only when its library is there and does not work.
            [.. unavailable.Where(entry => asked.Count > 0 || offered.Contains(Known[entry.Item1].RuntimeName))]);
    }

    public void Dispose() => Options.Dispose();
}
