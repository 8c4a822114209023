"""Writes the models of the ONNX tests and what they answer: make_models.py FOLDER.

Each folder has model.onnx, request.json for /score, and expected.json with the outputs as onnx's reference code (numpy)
has them.
"""
import json
import math
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.mapping import TENSOR_TYPE_TO_NP_TYPE

FOLDER = sys.argv[1]


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, getattr(TensorProto, kind), shape)


def save(name, nodes, inputs, outputs, initializers=(), opset=13, raise_to=None, ir=7, check=True):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = ir
    if check:
        onnx.checker.check_model(model)
    if raise_to:
        model.opset_import[0].version = raise_to
    os.makedirs(os.path.join(FOLDER, name))
    onnx.save(model, os.path.join(FOLDER, name, "model.onnx"))


def plain(value):
    """Numbers as the answers have them: non-finite ones as text."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def expect(name, inputs, **outputs):
    for file, content in (("request", {"inputs": inputs}), ("expected", {"outputs": outputs})):
        with open(os.path.join(FOLDER, name, file + ".json"), "w") as target:
            json.dump({key: {k: plain(v.tolist() if hasattr(v, "tolist") else v) for k, v in content[key].items()}
                       for key in content}, target)


# Every element type: two values are swapped (Gather), and the same values are compared, by numpy and by the model.
KINDS = {
    "FLOAT": [[1.5, -2.25, 3e38]], "DOUBLE": [[0.1, -1e300, 5e-324]], "FLOAT16": [[0.5, -65504.0, 1.0]],
    "INT8": [[-128, 127, 0]], "INT16": [[-32768, 32767, 0]], "INT32": [[-2 ** 31, 2 ** 31 - 1, 0]],
    "INT64": [[-2 ** 63, 2 ** 63 - 1, 0]], "UINT8": [[0, 255, 1]], "UINT16": [[0, 65535, 1]],
    "UINT32": [[0, 2 ** 32 - 1, 1]], "UINT64": [[0, 2 ** 64 - 1, 1]], "BOOL": [[True, False, True]],
    "STRING": [["a", "gr\u00fcn \U0001f6a2", ""]],
}
REVERSED = numpy.array([2, 1, 0], dtype=numpy.int64)
for kind, rows in KINDS.items():
    dtype = TENSOR_TYPE_TO_NP_TYPE[getattr(TensorProto, kind)]
    x = numpy.array(rows, dtype=dtype)
    save("type_" + kind.lower(), [helper.make_node("Gather", ["x", "order"], ["y"], axis=1)],
         [info("x", kind, ["batch", 3])], [info("y", kind, ["batch", 3])],
         [numpy_helper.from_array(REVERSED, "order")])
    expect("type_" + kind.lower(), {"x": x}, y=numpy.take(x, REVERSED, axis=1))

# bfloat16: numpy has none. The top half of a float's bits, rounded to even by the cast, is what it keeps.
save("type_bfloat16", [helper.make_node("Identity", ["x"], ["y"]), helper.make_node("Cast", ["x"], ["z"], to=TensorProto.FLOAT)],
     [info("x", "BFLOAT16", ["batch", 3])], [info("y", "BFLOAT16", ["batch", 3]), info("z", "FLOAT", ["batch", 3])], opset=16)
exact = numpy.array([[0.5, -3.0, 1.0078125]], dtype=numpy.float32)
assert (exact.view(numpy.uint32) & 0xFFFF == 0).all()
expect("type_bfloat16", {"x": exact}, y=exact, z=exact)

# NaN and the infinities through arithmetic.
x = numpy.array([[numpy.nan, numpy.inf, -numpy.inf, 0.0]], dtype=numpy.float32)
for kind in ("FLOAT", "DOUBLE", "FLOAT16"):
    save("special_" + kind.lower(), [helper.make_node("Neg", ["x"], ["y"])], [info("x", kind, ["n", 4])], [info("y", kind, ["n", 4])])
    expect("special_" + kind.lower(), {"x": x}, y=-x)

# Every opset from 9 to the newest that onnx writes, and on by hand to the newest the runtime takes.
a = numpy.array([[1.0, 2.0], [3.0, 4.0]], dtype=numpy.float32)
weights = numpy.array([[1.0, -1.0], [0.5, 2.0]], dtype=numpy.float32)
for opset in range(9, int(sys.argv[2]) + 1):
    written = min(opset, onnx.defs.onnx_opset_version())
    save(f"opset_{opset}", [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Relu", ["m"], ["y"])],
         [info("x", "FLOAT", ["n", 2])], [info("y", "FLOAT", ["n", 2])], [numpy_helper.from_array(weights, "w")],
         opset=written, raise_to=opset, ir=min(8, onnx.IR_VERSION))
    expect(f"opset_{opset}", {"x": a}, y=numpy.maximum(a @ weights, 0))

# An input with a default: an initializer of the same name.
save("optional", [helper.make_node("Mul", ["x", "factor"], ["y"])],
     [info("x", "FLOAT", ["n"]), info("factor", "FLOAT", [1])], [info("y", "FLOAT", ["n"])],
     [numpy_helper.from_array(numpy.array([10.0], dtype=numpy.float32), "factor")])

save("scalar", [helper.make_node("Add", ["x", "x"], ["y"])], [info("x", "FLOAT", [])], [info("y", "FLOAT", [])])
save("no_shape", [helper.make_node("Identity", ["x"], ["y"])],
     [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
     check=False)
save("axes", [helper.make_node("Transpose", ["x"], ["y"], perm=[2, 0, 1])],
     [info("x", "INT32", ["a", "b", "c"])], [info("y", "INT32", ["c", "a", "b"])])
cube = numpy.arange(12, dtype=numpy.int32).reshape(2, 2, 3)
expect("axes", {"x": cube}, y=cube.transpose(2, 0, 1))

# Inputs that no request can give: refused at the start.
for kind, number in (("complex64", TensorProto.COMPLEX64), ("float8e4m3fn", 17), ("int4", 22)):
    save("refused_" + kind, [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)],
         [helper.make_tensor_value_info("x", number, ["n"])], [info("y", "FLOAT", ["n"])],
         opset=16, raise_to=21, ir=8, check=False)
kinds = onnx.TypeProto()
kinds.sequence_type.elem_type.tensor_type.elem_type = TensorProto.FLOAT
save("refused_sequence", [helper.make_node("SequenceLength", ["x"], ["y"])], [onnx.ValueInfoProto(name="x", type=kinds)], [info("y", "INT64", [])])

# Several models in one service: name/version/files; each version multiplies by another number.
def multiplier(name, factor):
    save(name, [helper.make_node("Mul", ["x", "factor"], ["y"])], [info("x", "FLOAT", ["n", 2])], [info("y", "FLOAT", ["n", 2])],
         [numpy_helper.from_array(numpy.array([factor], dtype=numpy.float32), "factor")])


multiplier("several/doubler/1", 2)
multiplier("several/scaler/9", 9)
multiplier("several/scaler/10", 10)

# Two inputs, two outputs, of different types.
save("pair", [helper.make_node("Add", ["a", "a"], ["twice"]), helper.make_node("Identity", ["s"], ["same"])],
     [info("a", "FLOAT", ["n", 2]), info("s", "STRING", ["m"])], [info("twice", "FLOAT", ["n", 2]), info("same", "STRING", ["m"])])

# Batching. Every row of "rows" says how many rows the run had.
def constant(name, kind, shape, values):
    return helper.make_node("Constant", [], [name], value=helper.make_tensor(name, getattr(TensorProto, kind), shape, values))


save("rows", [
    constant("zero", "FLOAT", [1], [0.0]), constant("first", "INT64", [], [0]), helper.make_node("Mul", ["x", "zero"], ["zeros"]),
    helper.make_node("Shape", ["x"], ["sizes"]), helper.make_node("Gather", ["sizes", "first"], ["size"]),
    helper.make_node("Cast", ["size"], ["count"], to=TensorProto.FLOAT), helper.make_node("Add", ["zeros", "count"], ["rows"]),
    helper.make_node("Add", ["x", "zeros"], ["same"])],
    [info("x", "FLOAT", ["n", "m"])], [info("same", "FLOAT", ["n", "m"]), info("rows", "FLOAT", ["n", "m"])])
save("fails", [constant("table", "FLOAT", [3], [0.5, 1.5, 2.5]), helper.make_node("Gather", ["table", "x"], ["y"])],
     [info("x", "INT64", ["n"])], [info("y", "FLOAT", ["n"])])
for name, a, b in (("not_by_rows", None, None), ("other_axis", "n", "m")):
    save(name, [helper.make_node("Transpose", ["x"], ["y"], perm=[1, 0])], [info("x", "FLOAT", [a, b])], [info("y", "FLOAT", [b, a])])

# Never ends within any limit of a test, and checks for termination between its rounds.
body = helper.make_graph(
    [helper.make_node("Identity", ["go_in"], ["go"]), helper.make_node("MatMul", ["v_in", "v_in"], ["v"])], "body",
    [info("i", "INT64", []), info("go_in", "BOOL", []), info("v_in", "FLOAT", [64, 64])],
    [info("go", "BOOL", []), info("v", "FLOAT", [64, 64])])
save("endless_rows", [
    constant("rounds", "INT64", [], [10 ** 15]), constant("yes", "BOOL", [], [True]), constant("m", "FLOAT", [64, 64], [0.0] * 4096),
    helper.make_node("Loop", ["rounds", "yes", "m"], ["last"], body=body),
    helper.make_node("ReduceSum", ["last"], ["sum"], keepdims=0), helper.make_node("Add", ["x", "sum"], ["y"])],
    [info("x", "FLOAT", ["n", 1])], [info("y", "FLOAT", ["n", 1])])

# A tensor and, as classifiers made by converters have it, a list of maps.
zipmap = helper.make_node("ZipMap", ["x"], ["maps"], domain="ai.onnx.ml", classlabels_strings=["no", "yes"])
kinds = onnx.TypeProto()
kinds.sequence_type.elem_type.map_type.key_type = TensorProto.STRING
kinds.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
graph = helper.make_graph(
    [zipmap, helper.make_node("Identity", ["x"], ["same"])], "graph", [info("x", "FLOAT", ["n", 2])],
    [onnx.ValueInfoProto(name="maps", type=kinds), info("same", "FLOAT", ["n", 2])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)])
model.ir_version = 7
os.makedirs(os.path.join(FOLDER, "maps"))
onnx.save(model, os.path.join(FOLDER, "maps", "model.onnx"))
