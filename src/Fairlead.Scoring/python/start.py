"""Starts a worker of the scoring host: start.py SOCKET PARENT_PID [NO_CODE_FRAMEWORK].

Guarded by __main__, since multiprocessing's "spawn" imports this file again in every child of user code.
"""
import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    # Nothing of ours may be found by, or hide, a module of the user: our folder leaves sys.path after the import, and
    # no byte code is written beside a read-only binary.
    write_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    sys.path.insert(0, here)
    from fairlead_worker import boot
    sys.path.remove(here)
    sys.dont_write_bytecode = write_bytecode
    boot.main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
