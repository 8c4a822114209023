"""Offers this package as inference_schema to environments that have none.

The finder is the last to be asked, so that whatever the environment, or the folder of the entry script, has wins.
"""
import importlib.machinery
import importlib.util
import os
import sys

_NAME = "inference_schema"
_HERE = os.path.dirname(os.path.abspath(__file__))


class _Loader(importlib.machinery.SourceFileLoader):
    """Writes no byte code beside a binary that may be read-only."""

    def set_data(self, path, data, *, _mode=0o666):
        pass


class _Finder:
    """Asked by the import system, which needs no base class; importlib.abc would take 5 ms to import."""

    def find_spec(self, fullname, path=None, target=None):
        parts = fullname.split(".")
        if parts[0] != _NAME or (len(parts) > 1 and not is_ours(sys.modules.get(_NAME))):
            return None
        place = os.path.join(_HERE, *parts[1:])
        is_package = os.path.isdir(place)
        file = os.path.join(place, "__init__.py") if is_package else place + ".py"
        if not os.path.isfile(file):
            return None
        # No folder to search: parts of the package come from here alone.
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_Loader(fullname, file), submodule_search_locations=[] if is_package else None)


def is_ours(module):
    return os.path.dirname(os.path.abspath(getattr(module, "__file__", None) or os.sep)) == _HERE


def install():
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
