"""Trains a forest and a nearest-neighbour model on the wine data; writes forest.joblib, neighbours.joblib and the files."""

import pathlib
import sys

import joblib
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import sample_files  # noqa: E402

wine = load_wine()
x_train, x_test, y_train, y_test = train_test_split(wine.data, wine.target, test_size=0.3, random_state=7)
forest = RandomForestClassifier(n_estimators=40, random_state=7).fit(x_train, y_train)
neighbours = make_pipeline(StandardScaler(), KNeighborsClassifier(5)).fit(x_train, y_train)
print(f"accuracy on {len(y_test)} unseen wines: forest {forest.score(x_test, y_test):.3f}, "
      f"neighbours {neighbours.score(x_test, y_test):.3f}")

joblib.dump(forest, HERE / "forest.joblib", compress=3)
joblib.dump(neighbours, HERE / "neighbours.joblib", compress=3)
rows = x_test[:6]
averaged = (forest.predict_proba(rows) + neighbours.predict_proba(rows)) / 2
sample_files.write(HERE, rows, averaged.argmax(axis=1), y_test[:6])
