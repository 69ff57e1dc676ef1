"""The command line; heavy imports wait until a command needs them."""

from conjuncture.cli.app import main

__all__ = ["main"]
