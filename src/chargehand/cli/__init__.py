"""The command line: one folder of commands, and what they share."""
