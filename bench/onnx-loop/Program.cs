// Runs an ONNX model in a bare loop with the settings of the scoring host, and prints the microseconds of one run:
//   dotnet run -c Release --project bench/onnx-loop -- MODEL.onnx [SECONDS]
// Inputs are ones of the model's element type (float, double or int64), with 1 for sizes that are not fixed.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("usage: onnx-loop MODEL.onnx [SECONDS]");
    return 2;
}

var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var environment = new EnvironmentCreationOptions
{
    logId = "onnx-loop",
    threadOptions = new OrtThreadingOptions
    {
        GlobalIntraOpNumThreads = Environment.ProcessorCount,
        GlobalInterOpNumThreads = 1,
        GlobalSpinControl = false,
    },
};
OrtEnv.CreateInstanceWithOptions(ref environment);
using var options = new SessionOptions();
options.DisablePerSessionThreads();
using var session = new InferenceSession(args[0], options);
using var runOptions = new RunOptions();
var names = session.InputNames.ToArray();
var values = names.Select(name => Ones(name, session.InputMetadata[name])).ToArray();
Measure(TimeSpan.FromSeconds(Math.Min(1, seconds)));
var (runs, taken) = Measure(TimeSpan.FromSeconds(seconds));
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{taken.TotalMicroseconds / runs:F2} us/run over {runs} runs of {args[0]}"));
return 0;

(long Runs, TimeSpan Taken) Measure(TimeSpan limit)
{
    var started = Stopwatch.GetTimestamp();
    long runs = 0;
    while (true)
    {
        for (var i = 0; i < 100; i++)
        {
            session.Run(runOptions, names, values, session.OutputNames).Dispose();
        }

        runs += 100;
        if (Stopwatch.GetElapsedTime(started) is var taken && taken >= limit)
        {
            return (runs, taken);
        }
    }
}

static OrtValue Ones(string name, NodeMetadata metadata)
{
    var shape = metadata.Dimensions.Select(size => (long)Math.Max(size, 1)).ToArray();
    var count = (int)shape.Aggregate(1L, (product, size) => product * size);
    return metadata.ElementDataType switch
    {
        TensorElementType.Float => OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1f, count).ToArray(), shape),
        TensorElementType.Double => OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1d, count).ToArray(), shape),
        TensorElementType.Int64 => OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, count).ToArray(), shape),
        var type => throw new NotSupportedException($"Input '{name}' is of type {type}; float, double or int64 can be measured."),
    };
}
