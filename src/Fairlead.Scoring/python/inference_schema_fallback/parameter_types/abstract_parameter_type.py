"""The base of all parameter types; users may derive their own."""
from ..schema_util import ALL_VERSIONS


class AbstractParameterType:
    """Keeps a sample. A derived class says how JSON becomes a value like it, and how Swagger describes it."""

    def __init__(self, sample_input):
        self.sample_input = sample_input
        self.sample_data_type = type(sample_input)

    def deserialize_input(self, input_data):
        """The value for what came as JSON."""
        raise NotImplementedError("%s must define deserialize_input(input_data)." % type(self).__name__)

    def input_to_swagger(self):
        """The schema as a dict that JSON can show, with the sample under 'example'."""
        raise NotImplementedError("%s must define input_to_swagger()." % type(self).__name__)

    def supported_versions(self):
        """The versions of Swagger whose rules the schema keeps."""
        return list(ALL_VERSIONS)
