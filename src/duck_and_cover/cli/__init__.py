"""`duckcover`: one file per command group; parse, call one public function, print.

A command's module is imported when it is called, so that `duckcover --help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

import click

from duck_and_cover import __version__
from duck_and_cover.cli.lazy import LazyGroup
from duck_and_cover.errors import DuckAndCoverError

__all__ = ["main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "create": ("create", "Make a finished cover from what you know of a record."),
    "kit": ("kit", "Make every file that a release needs."),
    "check": ("check", "Hold a cover against the rules of stores."),
    "studio": ("studio", "Make covers in a browser."),
    "gather": ("gather", "Find albums and their covers: Spotify, MusicBrainz, Jamendo, netlabels, a folder."),
    "download": ("download", "Fetch the covers that were found."),
    "examples": ("examples", "Collect example albums by id."),
    "status": ("download", "Say what a catalog holds and what is left."),
    "verify": ("download", "Check every cover against its hash."),
    "catalog": ("catalog", "Write what was found as a table; bring catalogs together."),
    "dataset": ("dataset", "Prepare covers for training."),
    "train": ("train", "Train a network on covers."),
    "progress": ("progress", "Make the learning-progress film of a run."),
    "evaluate": ("evaluate", "Measure what a network draws beside real covers."),
    "export": ("export", "Turn a training run into a bundle that draws without torch."),
    "doctor": ("doctor", "Say what is installed and what to type next."),
}


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="duckcover")
def duckcover() -> None:
    """Album covers from what you know of a record.

    \b
    duckcover create --artist "Razormouth" --album "Cathedral of Rust" --genre "thrash metal" --year 1988
    """


def main() -> None:
    """Entry point: one line and exit 2 for bad input, 1 for failure, 130 for an interrupt; never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name that the terminal cannot show is no reason to fail
        sys.stdout.reconfigure(errors="replace")
    try:
        result = duckcover(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.UsageError as error:
        hint = f"  (try: {error.ctx.command_path} --help)" if error.ctx else ""
        _say(f"{error.format_message()}{hint}")
        sys.exit(2)
    except click.ClickException as error:
        _say(error.format_message())
        sys.exit(error.exit_code)
    except DuckAndCoverError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # a full disk under standard output, a file taken away while it is read
        _say(f"{f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        _leave(1)
    except MemoryError:
        _say("not enough memory; try a smaller --size")
        sys.exit(1)


def _leave(code: int) -> NoReturn:
    """Exit although standard output may be unable to take what it still holds."""
    if sys.stdout is not None:  # it is where a process was started without one
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _say(message: str) -> None:
    click.echo(f"duckcover: {' '.join(message.split())}", err=True)


if __name__ == "__main__":
    main()
