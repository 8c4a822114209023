"""Writes the models of the no-code tests: make_models.py FOLDER."""
import os
import sys

import joblib
import numpy
import onnx
from onnx import TensorProto, helper

FOLDER = sys.argv[1]
ELEMENTS = ["FLOAT", "DOUBLE", "FLOAT16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64",
            "BOOL", "STRING"]


def save(name, nodes, inputs, outputs):
    graph = helper.make_graph(nodes, name, inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)])
    model.ir_version = 7
    onnx.checker.check_model(model)
    os.makedirs(os.path.join(FOLDER, name))
    onnx.save(model, os.path.join(FOLDER, name, "model.onnx"))


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, getattr(TensorProto, kind), shape)


for kind in ELEMENTS:
    save("same_" + kind.lower(), [helper.make_node("Identity", ["x"], ["y"])],
         [info("x", kind, ["batch", 2])], [info("y", kind, ["batch", 2])])

save("two", [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Sub", ["a", "b"], ["difference"])],
     [info("a", "FLOAT", ["n"]), info("b", "FLOAT", ["n"])],
     [info("sum", "FLOAT", ["n"]), info("difference", "FLOAT", ["n"])])

save("divide", [helper.make_node("Div", ["x", "x"], ["y"])],
     [info("x", "FLOAT", [None, 2])], [info("y", "FLOAT", [None, 2])])

zipmap = helper.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_strings=["no", "yes"])
kinds = onnx.TypeProto()
kinds.sequence_type.elem_type.map_type.key_type = TensorProto.STRING
kinds.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
save("zipmap", [zipmap], [info("x", "FLOAT", [None, 2])], [onnx.ValueInfoProto(name="y", type=kinds)])

# Never ends within any limit of a test, and checks for termination between its rounds.
body = helper.make_graph(
    [helper.make_node("Identity", ["go_in"], ["go"]), helper.make_node("MatMul", ["v_in", "v_in"], ["v"])], "body",
    [info("i", "INT64", []), info("go_in", "BOOL", []), info("v_in", "FLOAT", [64, 64])],
    [info("go", "BOOL", []), info("v", "FLOAT", [64, 64])])
save("endless", [
    helper.make_node("Constant", [], ["rounds"], value=helper.make_tensor("r", TensorProto.INT64, [], [10 ** 15])),
    helper.make_node("Constant", [], ["yes"], value=helper.make_tensor("t", TensorProto.BOOL, [], [True])),
    helper.make_node("Constant", [], ["m"], value=helper.make_tensor("m", TensorProto.FLOAT, [64, 64], [0.0] * 4096)),
    helper.make_node("Loop", ["rounds", "yes", "m"], ["last"], body=body),
    helper.make_node("Add", ["x", "last"], ["y"])],
    [info("x", "FLOAT", [1])], [info("y", "FLOAT", [64, 64])])

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

iris = load_iris()
classifier = LogisticRegression(max_iter=500).fit(iris.data, iris.target)
os.makedirs(os.path.join(FOLDER, "iris"))
joblib.dump(classifier, os.path.join(FOLDER, "iris", "model.joblib"))
numpy.savetxt(os.path.join(FOLDER, "iris", "expected.txt"), classifier.predict(iris.data[::50]), fmt="%d")
