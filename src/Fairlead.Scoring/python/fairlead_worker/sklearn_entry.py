"""The entry script of a scikit-learn model that was deployed without one."""
import json
import os
import pickle

from fairlead_worker.api import AMLResponse
from fairlead_worker.failures import ScriptError, list_model_folder

_SUFFIXES = (".pkl", ".joblib", ".pickle")
_METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform")
_KEYS = ("data", "Inputs", "inputs", "method")

model = None


class _BadInput(Exception):
    pass


def init():
    global model
    model = _load(_find())
    if not hasattr(model, "predict") and not hasattr(model, "transform"):
        raise ScriptError(
            "The model is a %s, which has no predict(). Register a fitted scikit-learn estimator or pipeline, or deploy "
            "with an entry script." % type(model).__name__)


def run(data):
    try:
        rows, method = _read(data)
        return {"result": _predict(rows, method)}
    except _BadInput as error:
        return AMLResponse({"message": str(error)}, 400, json_str=True)


def _find():
    folder = os.environ.get("AZUREML_MODEL_DIR", "")
    found = sorted(
        os.path.join(root, name) for root, _, names in os.walk(folder) for name in names
        if name.lower().endswith(_SUFFIXES))
    if len(found) == 1:
        return found[0]
    what = "has no file ending in %s" % ", ".join(_SUFFIXES) if not found else "has %d files that could be it" % len(found)
    raise ScriptError(
        "A scikit-learn model without an entry script must be one pickled file, but the model folder %s. Register one "
        "file, or deploy with an entry script.\n%s" % (what, list_model_folder()))


def _load(path):
    try:
        import joblib
    except ImportError:
        with open(path, "rb") as file:
            return pickle.load(file)
    return joblib.load(path)


def _read(data):
    try:
        body = json.loads(data)
    except ValueError as error:
        raise _BadInput("POST body could not be decoded as JSON: %s" % error) from None
    if not isinstance(body, dict):
        raise _BadInput('POST body should be a JSON dictionary such as {"data": [[5.1, 3.5, 1.4, 0.2]]}.')
    unknown = sorted(set(body) - set(_KEYS))
    if unknown:
        raise _BadInput("'%s' is not known here; allowed are 'data' (or 'Inputs') and 'method'." % unknown[0])
    given = [key for key in ("data", "Inputs", "inputs") if key in body]
    if len(given) != 1:
        raise _BadInput("A value is not provided for the 'data' parameter." if not given
                        else "Give one of %s, not several." % ", ".join(given))
    method = body.get("method", "predict")
    allowed = [name for name in _METHODS if hasattr(model, name)]
    if method not in allowed:
        raise _BadInput("'method' is %s; this model offers: %s." % (json.dumps(method), ", ".join(allowed)))
    rows = body[given[0]]
    if not isinstance(rows, list) or not rows:
        raise _BadInput("'%s' must be a list of at least one row." % given[0])
    return rows, method


def _predict(rows, method):
    import numpy
    if isinstance(rows[0], dict):
        import pandas
        table = pandas.DataFrame.from_records(rows)
    else:
        lengths = sorted({len(row) for row in rows if isinstance(row, list)})
        if len(lengths) > 1:
            raise _BadInput("The rows of 'data' differ in length: %s." % ", ".join(map(str, lengths)))
        table = numpy.array(rows)
    expected = getattr(model, "n_features_in_", None)
    if expected is not None and (table.ndim != 2 or table.shape[1] != expected):
        raise _BadInput("'data' has shape %s; the model takes rows of %d values: [[...], [...]]."
                        % (list(table.shape), expected))
    try:
        result = getattr(model, method)(table)
    except (ValueError, TypeError, KeyError) as error:
        raise _BadInput("The model did not take the data: %s" % error) from error
    return result.tolist() if hasattr(result, "tolist") else list(result)
