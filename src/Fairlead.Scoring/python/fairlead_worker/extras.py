"""Packages beside those of the environment: AZUREML_EXTRA_* (§3.5). Paths are relative to the folder of the script."""
import os
import re
import sys
import time

from .failures import ScriptError
from .logs import SERVER

_LIBRARIES = "AZUREML_EXTRA_PYTHON_LIB_PATH"
_REQUIREMENTS = "AZUREML_EXTRA_REQUIREMENTS_TXT"
_CONDA = "AZUREML_EXTRA_CONDA_YAML"
_LAST_LINES = 15


def add(folder):
    """Puts the folder of libraries, and what the files ask pip for, in front of sys.path."""
    libraries = _path(_LIBRARIES, folder, os.path.isdir, "folder")
    if libraries:
        sys.path.insert(0, libraries)
        SERVER.info("Python libraries of %s come first (%s)", libraries, _LIBRARIES)
    requirements = _path(_REQUIREMENTS, folder, os.path.isfile, "file")
    if requirements:
        with open(requirements, encoding="utf-8") as file:
            _install(file.read(), requirements)
    conda = _path(_CONDA, folder, os.path.isfile, "file")
    if conda:
        with open(conda, encoding="utf-8") as file:
            packages, left_out = pip_section(file.read())
        if left_out:
            SERVER.warning("%s: only the pip section is installed; left out: %s", conda, ", ".join(left_out))
        if packages:
            _install("\n".join(packages), conda)


def pip_section(text):
    """What a conda environment file asks pip for, and the other packages but python and pip themselves."""
    packages, others, indent = [], [], None
    for line in text.splitlines():
        item = re.match(r"(\s*)- +(.+?)\s*(?:#.*)?$", line)
        if item is None:
            if line.strip() and not line.startswith((" ", "#")):
                indent = None
            continue
        depth, value = len(item.group(1)), item.group(2).strip("'\"")
        if value == "pip:":
            indent = depth
        elif indent is not None and depth > indent:
            packages.append(value)
        else:
            indent = None
            name = re.split(r"[<>=!~ \[]", value)[0]
            if name not in ("python", "pip"):
                others.append(value)
    # The first list of the file is that of channels.
    dependencies = text.find("dependencies:")
    channels = set(re.findall(r"^\s*- +(\S+)", text[:dependencies], re.M)) if dependencies > 0 else set()
    return packages, [other for other in others if other not in channels]


def _path(variable, folder, exists, kind):
    value = os.environ.get(variable)
    if not value:
        return None
    path = os.path.join(folder, value)
    if not exists(path):
        raise ScriptError("%s is '%s', but there is no %s %s. It is relative to the folder of the entry script."
                          % (variable, value, kind, path))
    return path


def _install(requirements, source):
    """Into a folder that all workers of this host share, once for each set of packages and version of Python."""
    import fcntl
    import hashlib
    import tempfile
    key = hashlib.sha256(("%s\n%s" % (sys.version, requirements)).encode("utf-8")).hexdigest()[:16]
    target = os.path.join(tempfile.gettempdir(), "fairlead-packages-" + key)
    os.makedirs(target, exist_ok=True)
    done = os.path.join(target, ".complete")
    with open(os.path.join(target, ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(done):
            _run_pip(requirements, target, source)
            with open(done, "w", encoding="utf-8"):
                pass
    sys.path.insert(0, target)


def _run_pip(requirements, target, source):
    import subprocess
    started = time.perf_counter()
    SERVER.info("Installing what %s asks for", source)
    listed = os.path.join(target, "requirements.txt")
    with open(listed, "w", encoding="utf-8") as file:
        file.write(requirements + "\n")
    run = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--target", target,
         "--upgrade", "-r", listed],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        cwd=os.path.dirname(os.path.abspath(source)))
    output = run.stdout.decode("utf-8", "replace").strip().splitlines()
    if run.returncode != 0:
        raise ScriptError("The packages of %s could not be installed:\n%s" % (source, "\n".join(output[-_LAST_LINES:])))
    SERVER.info("Installed in %.1f s: %s", time.perf_counter() - started, output[-1] if output else "nothing")
