"""Ties the life of this process to that of the scoring host, even when that is killed with SIGKILL."""
import os
import signal

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent_pid):
    """Asks the kernel for SIGKILL when the thread of the host that started us ends; exits if it already has."""
    try:
        import ctypes
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass  # Not Linux: the closed socket ends the worker at its next read.
    if os.getppid() != parent_pid:
        os._exit(0)


def leave_signals_to_host():
    """A signal to the whole process group (Ctrl-C) is the host's to handle: it lets requests in flight finish.

    Handlers that do nothing, not SIG_IGN, since programs started by user code would inherit the latter.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    if hasattr(os, "register_at_fork"):  # Python 3.7. multiprocessing ends the children of a pool with SIGTERM.
        os.register_at_fork(after_in_child=_take_signals)


def _take_signals():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def show_where_it_was():
    """Stack of every thread on a crash in native code, and on SIGUSR1, which the host sends before it kills."""
    import faulthandler
    faulthandler.enable(file=2)
    faulthandler.register(signal.SIGUSR1, file=2, all_threads=True)


def detach_input():
    """User code that reads standard input sees its end, never the pipe by which the host watches its own parent."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
