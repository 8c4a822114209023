"""A model that takes its time, for watching the queue and the autoscaler. No model file: run() squares what it gets."""

import json
import time


def init():
    pass


def run(raw_data):
    request = json.loads(raw_data)
    time.sleep(float(request.get("seconds", 0.5)))
    return {"result": [value * value for value in request["data"]]}
