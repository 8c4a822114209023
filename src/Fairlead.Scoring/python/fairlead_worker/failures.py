"""Turns an exception of user code into a text its author can act on."""
import os
import traceback

from . import causes

# All of the folder 'python': the decorators of ours too.
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_MODEL_LINES = 200


class ScriptError(Exception):
    """The entry script breaks a rule; the message says which, and what to do."""


def user_traceback(error):
    """The traceback without the frames of this server and of the import machinery."""
    parts = []
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append(_one(error))
        if error.__cause__ is not None:
            parts.append("\nThe above exception was the direct cause of the following exception:\n\n")
            error = error.__cause__
        elif error.__context__ is not None and not error.__suppress_context__:
            parts.append("\nDuring handling of the above exception, another exception occurred:\n\n")
            error = error.__context__
        else:
            error = None
    return "".join(reversed(parts)).rstrip("\n")


def message_of(error):
    """What an exception says, in its last line; also of one that cannot be made a text."""
    return traceback.format_exception_only(type(error), error)[-1].rstrip("\n")


def explain_start(doing, error):
    """The whole text for a start that failed: what was being done, where, the likely cause, the model's files."""
    if isinstance(error, ScriptError):
        return str(error)
    lines = [doing, user_traceback(error)]
    cause = causes.of(error)
    if cause:
        lines.append("Likely cause: " + cause)
    if isinstance(error, (OSError, KeyError, IndexError, EOFError)):
        lines.append(list_model_folder())
    return "\n".join(lines)


def list_model_folder():
    """Relative paths under AZUREML_MODEL_DIR, at most 200 lines."""
    folder = os.environ.get("AZUREML_MODEL_DIR", "")
    if not folder:
        return "AZUREML_MODEL_DIR is not set: the service was deployed without a model."
    lines = ["Files under AZUREML_MODEL_DIR (%s):" % folder]
    for name, directories, files in os.walk(folder):
        directories.sort()
        for file in sorted(files):
            if len(lines) > _MODEL_LINES:
                lines.append("  ... and more")
                return "\n".join(lines)
            lines.append("  " + os.path.relpath(os.path.join(name, file), folder))
    if len(lines) == 1:
        lines.append("  (none)" if os.path.isdir(folder) else "  (the folder does not exist)")
    return "\n".join(lines)


def _one(error):
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame.filename)]
    head = "Traceback (most recent call last):\n" + "".join(traceback.format_list(frames)) if frames else ""
    return head + "".join(traceback.format_exception_only(type(error), error))


def _is_users(filename):
    return not filename.startswith("<frozen ") and not os.path.abspath(filename).startswith(_OURS)
