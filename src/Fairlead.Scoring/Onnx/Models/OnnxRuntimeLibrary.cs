using Fairlead.Scoring.Hosting;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>The runtime, set up once for all models: one pool of threads, and the processors that run them.</summary>
internal static class OnnxRuntimeLibrary
{
    /// <summary>Version and execution providers of the library beside the binary.</summary>
    public static (string Version, string[] Providers) Start()
    {
        try
        {
            var environment = new EnvironmentCreationOptions
            {
                logId = "fairlead-scoring",
                logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
                // One pool for all models: with a pool each, a thousand models would be as many threads. The processors
                // are those this container may use, which the runtime's own count does not know; and no spinning, since
                // replicas share them.
                threadOptions = new OrtThreadingOptions
                {
                    GlobalIntraOpNumThreads = Environment.ProcessorCount,
                    GlobalInterOpNumThreads = 1,
                    GlobalSpinControl = false,
                },
            };
            var library = OrtEnv.CreateInstanceWithOptions(ref environment);
            return (library.GetVersionString(), library.GetAvailableProviders());
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException)
        {
            throw new StartException(
                "ONNX Runtime could not be loaded; its library belongs beside the binary: "
                + (exception.InnerException?.Message ?? exception.Message), exception);
        }
    }
}
