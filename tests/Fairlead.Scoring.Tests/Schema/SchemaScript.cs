using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Schema;

/// <summary>Entry scripts with schema decorators.</summary>
internal static class SchemaScript
{
    public const string Imports = """
        import datetime, json, numpy as np, pandas as pd
        from inference_schema.schema_decorators import input_schema, output_schema
        from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
        from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
        from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
        def init():
            pass

        """;

    public static Task<ScoringProcess> StartAsync(string run, params (string, string)[] variables) =>
        ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", Imports + run), [(ScoringHostVariables.EntryScript, "score.py"), .. variables]);
}
