"""Spark data frames."""
import json

from ._swagger import describe, without_example
from .abstract_parameter_type import AbstractParameterType

try:
    from pyspark.sql import DataFrame, SparkSession
except ImportError as error:
    raise ImportError(
        "SparkParameterType needs the package 'pyspark', which this environment does not have: add it to the pip "
        "section of the environment.", name="pyspark") from error


class SparkParameterType(AbstractParameterType):
    """A Spark data frame, which comes as a list of rows, each an object by column name."""

    def __init__(self, sample_input, apply_sample_schema=True):
        if not isinstance(sample_input, DataFrame):
            raise TypeError("sample_input is a %s; it must be a Spark data frame." % type(sample_input).__name__)
        super().__init__(sample_input)
        self.apply_sample_schema = apply_sample_schema

    def deserialize_input(self, input_data):
        if not isinstance(input_data, list):
            raise ValueError("A Spark data frame must come as a list of rows, not as a %s." % type(input_data).__name__)
        session = SparkSession.builder.getOrCreate()
        rows = session.sparkContext.parallelize([json.dumps(row) for row in input_data])
        schema = self.sample_input.schema if self.apply_sample_schema else None
        return session.read.json(rows, schema=schema)

    def input_to_swagger(self):
        rows = [json.loads(row) for row in self.sample_input.toJSON().collect()]
        items = without_example(describe(rows[0])) if rows else {"type": "object"}
        return {"type": "array", "items": items, "example": rows, "format": "pyspark.sql.DataFrame"}
