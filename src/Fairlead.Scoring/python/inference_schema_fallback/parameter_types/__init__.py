"""The types a parameter or a result can have, each given by a sample."""
