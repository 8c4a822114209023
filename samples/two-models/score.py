"""Two models behind one URL: the average of what both think. With several models AZUREML_MODEL_DIR holds <name>/<version>/."""

import json
import os

import joblib
import numpy

models = []


def init():
    root = os.getenv("AZUREML_MODEL_DIR")
    for name, file in (("wine-forest", "forest.joblib"), ("wine-neighbours", "neighbours.joblib")):
        version = max(os.listdir(os.path.join(root, name)), key=int)
        models.append(joblib.load(os.path.join(root, name, version, file)))
        print(f"loaded {name} version {version}")


def run(raw_data):
    rows = numpy.array(json.loads(raw_data)["data"])
    probabilities = sum(model.predict_proba(rows) for model in models) / len(models)
    return {"result": probabilities.argmax(axis=1).tolist(), "probabilities": probabilities.round(4).tolist()}
