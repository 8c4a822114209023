"""From JSON to a parameter type's values."""


def convert(param_type, value):
    """Leaves a value that has the type already, unless parts of it have types of their own."""
    if isinstance(value, param_type.sample_data_type) and not getattr(param_type, "has_typed_parts", False):
        return value
    return param_type.deserialize_input(value)
