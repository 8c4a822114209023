"""Reads handwritten digits. Written as for Azure ML v1: init() once, run() for each request."""

import json
import os

import joblib
import numpy

model = None


def init():
    global model
    model = joblib.load(os.path.join(os.getenv("AZUREML_MODEL_DIR"), "model.joblib"))


def run(raw_data):
    data = numpy.array(json.loads(raw_data)["data"])
    return {"result": model.predict(data).tolist()}
