"""Lets `python -m chargehand` be the command, for places that must not trust the PATH."""

from chargehand.cli.main import main

if __name__ == "__main__":
    main()
