"""Trains a support vector machine on 8 by 8 handwritten digits; writes model.joblib, request.json and expected.json."""

import pathlib
import sys

import joblib
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import sample_files  # noqa: E402

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(digits.data, digits.target, test_size=0.3, random_state=11)
model = make_pipeline(StandardScaler(), SVC(C=5, gamma="scale")).fit(x_train, y_train)
print(f"accuracy on {len(y_test)} unseen digits: {model.score(x_test, y_test):.3f}")

joblib.dump(model, HERE / "model.joblib", compress=3)
sample_files.write(HERE, x_test[:6], model.predict(x_test[:6]), y_test[:6])
