"""`genbun`: read the command line, run one command, say plainly what went wrong, and end with its exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from archives.errors import GenbunError
from crawler.commands import (
    crawl,
    demo,
    export,
    fixture,
    history,
    merge,
    newspapers,
    notify,
    pack,
    parse,
    read,
    rebuild,
    status,
    store,
    verify,
)
from crawler.commands.output import escape_what_cannot_be_shown, print_for_programs

COMMANDS: Final = (
    demo,
    crawl,
    status,
    notify,
    rebuild,
    verify,
    merge,
    pack,
    store,
    export,
    history,
    read,
    parse,
    fixture,
    newspapers,
)

EPILOG: Final = """exit status: 0 done · 1 failed unexpectedly · 2 wrong usage · 3 nothing found
             4 something does not verify · 5 the collection is in use · 6 the site refused us"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status that DESIGN 4 gives."""
    escape_what_cannot_be_shown()
    parser = make_parser()
    arguments = parser.parse_args(argv)
    if _prints_json(arguments):
        print_for_programs()
    try:
        if getattr(arguments, "storage", None):
            from archives.storage.places import allow

            allow(arguments.storage)
        return int(arguments.run(arguments))
    except GenbunError as error:
        if arguments.debug:
            raise
        print(f"genbun: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("genbun: stopped", file=sys.stderr)
        return 1
    except Exception as error:
        if arguments.debug:
            raise
        print(f"genbun: failed unexpectedly: {error.__class__.__name__}: {error}", file=sys.stderr)
        print("genbun: run it again with --debug to see where, and please report it", file=sys.stderr)
        return 1


def _prints_json(arguments: argparse.Namespace) -> bool:
    """Whether `--json` was asked for, or what gives JSON Lines: `history --all`, `parse`."""
    return bool(getattr(arguments, "json", False) or getattr(arguments, "all", False) or arguments.run is parse.run)


class Version(argparse.Action):
    """`--version`: what is installed is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and end."""
        from crawler.version import VERSION

        print(f"genbun {VERSION}")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="genbun",
        description="Archive English-language editorials together with their Japanese originals.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="show the version and exit")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show a traceback when something goes wrong")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands, common)
    return parser


if __name__ == "__main__":
    sys.exit(main())
