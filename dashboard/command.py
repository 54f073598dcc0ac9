"""Where the `patuh` command begins: loads the program, then does what it is told.

While it loads, nothing of it is garbage: looking for some again and again takes a sixth of the time until the server
answers. What is loaded is then out of the collector's sight.
"""

import gc


def main() -> None:
    """Run the command line."""
    gc.disable()
    from dashboard import cli

    gc.freeze()
    gc.enable()
    cli.main()
