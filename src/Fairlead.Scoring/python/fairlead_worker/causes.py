"""What is likely behind an exception of a script's start, and what to do about it."""
import os
import sys

# Where the name to import is not the name to install.
_PIP_NAMES = {
    "sklearn": "scikit-learn", "skimage": "scikit-image", "cv2": "opencv-python-headless", "PIL": "pillow",
    "yaml": "pyyaml", "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "dotenv": "python-dotenv",
    "Crypto": "pycryptodome", "jwt": "pyjwt", "fitz": "pymupdf", "docx": "python-docx", "magic": "python-magic",
}
_OTHER_VERSION = ("the model was saved with other versions of Python or its libraries than this environment has (Python %s). "
                  "Pin the versions it was trained with." % ".".join(str(part) for part in sys.version_info[:3]))


def of(error):
    """One sentence or two; None when there is nothing to say."""
    if isinstance(error, ImportError):
        return _of_import(error)
    if isinstance(error, SyntaxError):
        return "line %s of %s is not valid in Python %s." % (error.lineno, error.filename, sys.version.split()[0])
    if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return _of_path(error)
    if isinstance(error, MemoryError):
        return "the memory limit of the service is too small for the model; raise memory_gb."
    if isinstance(error, SystemExit):
        return "the script ended the process itself (sys.exit)."
    return _of_pickle(error)


def _of_import(error):
    name = getattr(error, "name", None) or ""
    package = name.split(".")[0]
    if not package:
        return None
    if type(error).__name__ != "ModuleNotFoundError":
        return "the installed '%s' lacks what is imported from it; pin the version the script was written for." % package
    if "." in name and package in sys.modules:
        # A pickle names the module it comes from: numpy._core is numpy 2's.
        return "the installed '%s' has no '%s'. If this was met while a model was loaded, %s" % (package, name, _OTHER_VERSION)
    advice = ("If it is a package, add it to the pip section of the environment" if package not in _PIP_NAMES
              else "Add '%s' to the pip section of the environment" % _PIP_NAMES[package])
    return "no module '%s' in this environment. %s; if it is a file of yours, put it into the source directory." % (
        package, advice)


def _of_path(error):
    text = ("a wrong path: files of the model are under the folder in AZUREML_MODEL_DIR, those of the source directory "
            "beside the entry script.")
    nearest = _nearest(getattr(error, "filename", None))
    return text + (" Nearest to it is %s." % nearest if nearest else "")


def _nearest(wanted):
    folder = os.environ.get("AZUREML_MODEL_DIR", "")
    if not folder or not isinstance(wanted, str):
        return None
    import difflib
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            found.setdefault(name, os.path.join(root, name))
        if len(found) > 2000:
            break
    names = difflib.get_close_matches(os.path.basename(wanted), list(found), 1)
    if not names and len(found) == 1:
        names = list(found)
    return found[names[0]] if names else None


def _of_pickle(error):
    text = str(error)
    kind = type(error).__name__
    if "unsupported pickle protocol" in text or kind in ("UnpicklingError", "InconsistentVersionWarning"):
        return _OTHER_VERSION
    if isinstance(error, AttributeError) and "Can't get attribute" in text:
        return ("the model needs a class or function that the script does not define; import or define it before the "
                "model is loaded, under the same module's name.")
    if isinstance(error, (AttributeError, ValueError, TypeError)) and ("__setstate__" in text or "incompatible dtype" in text):
        return _OTHER_VERSION
    return None
