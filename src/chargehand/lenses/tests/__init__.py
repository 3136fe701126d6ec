"""The lens `tests`: changed behaviour that can break without any test failing."""
