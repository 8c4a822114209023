"""inference_schema as Fairlead offers it to environments that have none of their own.

Written from the public behaviour of the MIT package inference-schema 1.8. It needs the standard library alone; numpy and
pandas are imported by the modules of their types only.
"""
__version__ = "1.8.0+fairlead"
