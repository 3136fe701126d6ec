"""What a hostile change, answer, gateway or CI environment tries, and what comes of it.

The groups are those of docs/security.md, a file each. An attack runs the real command line, against a server
that answers what the attacker wants (tests/messages_api) if models are asked, and its test asserts what the
attacker gets. Attacks that do not disturb each other share a run.
"""
