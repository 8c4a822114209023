"""Waits for a debugger before the script is imported, when AZUREML_DEBUG_PORT asks for it."""
import os

from .failures import ScriptError
from .logs import SERVER

VARIABLE = "AZUREML_DEBUG_PORT"


def attach():
    """Connects to the debug adapter that listens on the port, and goes on once it is ready."""
    port = os.environ.get(VARIABLE)
    if not port:
        return
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ScriptError("%s is '%s'; allowed is a port from 1 to 65535." % (VARIABLE, port))
    try:
        import debugpy
    except ImportError:
        SERVER.warning("%s is %s, but the environment has no debugpy; add it to the pip section to debug", VARIABLE, port)
        return
    SERVER.info("Waiting for the debugger on port %s", port)
    try:
        debugpy.connect(int(port))
        debugpy.wait_for_client()
    except Exception as error:
        raise ScriptError("No debugger listens on port %s (%s): %s. Start the debugger first, or unset the variable."
                          % (port, VARIABLE, error)) from None
    SERVER.info("The debugger is attached")
