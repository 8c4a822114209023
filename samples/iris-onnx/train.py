"""Trains logistic regression on the iris data and writes model.onnx, request.json and expected.json."""

import pathlib
import sys

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import onnx_export  # noqa: E402
import sample_files  # noqa: E402

iris = load_iris()
x_train, x_test, y_train, y_test = train_test_split(iris.data, iris.target, test_size=0.3, random_state=7)
scaler = StandardScaler().fit(x_train)
model = LogisticRegression(max_iter=500).fit(scaler.transform(x_train), y_train)
print(f"accuracy on {len(y_test)} unseen flowers: {model.score(scaler.transform(x_test), y_test):.3f}")

onnx_export.export_logistic_regression(
    scaler, model, HERE / "model.onnx",
    "Iris species from sepal length, sepal width, petal length, petal width (cm). 0 setosa, 1 versicolor, 2 virginica.")
rows = x_test[:6]
sample_files.write(HERE, rows, model.predict(scaler.transform(rows)), y_test[:6])
