"""The Python half of Fairlead's scoring host. Standard library only, and Python 3.6 or newer."""
