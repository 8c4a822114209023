"""Writes the request of a sample and the answer it must get. Shared by the training scripts."""

import json
import pathlib


def write(folder, rows, predicted, known, key="data"):
    """rows: the inputs; predicted: scikit-learn's own answers; known: the true labels."""
    folder = pathlib.Path(folder)
    dump(folder / "request.json", {key: [[round(float(value), 4) for value in row] for row in rows]})
    dump(folder / "expected.json", {"result": [int(value) for value in predicted],
                                    "labels": [int(value) for value in known]})


def dump(path, value):
    lines = ",\n".join(f"  {json.dumps(name)}: " + rows(item) for name, item in value.items())
    pathlib.Path(path).write_text("{\n" + lines + "\n}\n")


def rows(item):
    if isinstance(item, list) and item and isinstance(item[0], list):
        return "[\n" + ",\n".join("    " + json.dumps(row) for row in item) + "\n  ]"
    return json.dumps(item)
