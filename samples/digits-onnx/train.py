"""Trains a small neural network on 8 by 8 handwritten digits; writes model.onnx, request.json and expected.json."""

import pathlib
import sys

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import onnx_export  # noqa: E402
import sample_files  # noqa: E402

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(digits.data, digits.target, test_size=0.3, random_state=7)
scaler = StandardScaler().fit(x_train)
network = MLPClassifier(hidden_layer_sizes=(64,), max_iter=400, random_state=7).fit(scaler.transform(x_train), y_train)
print(f"accuracy on {len(y_test)} unseen digits: {network.score(scaler.transform(x_test), y_test):.3f}")

onnx_export.export_mlp(scaler, network, HERE / "model.onnx", "Handwritten digits: 64 grey values (0 to 16), row by row.")
rows = x_test[:6]
sample_files.write(HERE, rows, network.predict(scaler.transform(rows)), y_test[:6])
