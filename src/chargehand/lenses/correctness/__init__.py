"""The lens `correctness`: code that will not do what it is meant to do."""
