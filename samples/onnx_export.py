"""Writes a trained scikit-learn classifier as ONNX, with python3-onnx alone.

Shared by the training scripts of the samples. Two outputs, named as most converters name them: `label`, the predicted
class, and `probabilities`, one column a class.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def export_mlp(scaler, network, path, doc):
    """A StandardScaler and an MLPClassifier (relu) with more than two classes."""
    nodes, weights = [], []

    def weight(name, value):
        weights.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
        return name

    nodes.append(helper.make_node("Sub", ["input", weight("mean", scaler.mean_)], ["centred"]))
    nodes.append(helper.make_node("Div", ["centred", weight("scale", scaler.scale_)], ["layer_0"]))
    last = len(network.coefs_) - 1
    for i, (coefficients, intercepts) in enumerate(zip(network.coefs_, network.intercepts_)):
        nodes.append(helper.make_node("Gemm", [f"layer_{i}", weight(f"w{i}", coefficients), weight(f"b{i}", intercepts)],
                                      ["logits" if i == last else f"sum_{i}"]))
        if i != last:
            nodes.append(helper.make_node("Relu", [f"sum_{i}"], [f"layer_{i + 1}"]))
    _finish(nodes, weights, scaler.mean_.size, network.classes_, path, doc)


def export_logistic_regression(scaler, model, path, doc):
    """A StandardScaler and a multinomial LogisticRegression with more than two classes."""
    # (x - mean) / scale @ W.T + b, folded into one product.
    coefficients = (model.coef_ / scaler.scale_).T
    intercepts = model.intercept_ - (scaler.mean_ / scaler.scale_) @ model.coef_.T
    weights = [numpy_helper.from_array(np.asarray(coefficients, dtype=np.float32), "w"),
               numpy_helper.from_array(np.asarray(intercepts, dtype=np.float32), "b")]
    nodes = [helper.make_node("Gemm", ["input", "w", "b"], ["logits"])]
    _finish(nodes, weights, scaler.mean_.size, model.classes_, path, doc)


def _finish(nodes, weights, features, classes, path, doc):
    weights.append(numpy_helper.from_array(np.asarray(classes, dtype=np.int64), "classes"))
    nodes += [
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["logits"], ["index"], axis=1, keepdims=0),
        helper.make_node("Gather", ["classes", "index"], ["label"]),
    ]
    graph = helper.make_graph(
        nodes, "classifier",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
         helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", len(classes)])],
        weights, doc_string=doc)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8,
                              producer_name="fairlead-samples")
    onnx.checker.check_model(model)
    onnx.save(model, path)
