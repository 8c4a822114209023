"""The same score.py under Flask, as its users write it; gunicorn's workers import it."""
from flask import Flask, jsonify, request

import score

app = Flask(__name__)
score.init()


@app.get("/")
def health():
    return "Healthy"


@app.post("/score")
def run():
    return jsonify(score.run(request.get_data().decode("utf-8")))
