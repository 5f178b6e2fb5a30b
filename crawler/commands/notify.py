"""`genbun notify`: tell a webhook or a mailbox what has changed since it was told last."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands.status import add_every

if TYPE_CHECKING:
    from crawler.notice.targets import Target

EPILOG = """exit status: 0 told, or nothing new · 1 somebody could not be told (it is tried again next time)
             2 wrong usage"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "notify",
        parents=[common],
        help="tell a webhook or a mailbox when a crawl failed, found nothing, is overdue …",
        description="Tell what concerns a collection, if that is news: a crawl failed or found nothing, a site\n"
        "refuses, a reader drifts, a run is overdue; and when that is over. The collection is only read.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument(
        "--to",
        metavar="URL|mailto:ADDRESS",
        action="append",
        help="whom to tell; may be given more than once (default: the environment's GENBUN_NOTIFY, parted by blanks)",
    )
    parser.add_argument("--exit", metavar="STATUS", default="", help="how the crawl before ended: $?, or $EXIT_STATUS")
    add_every(parser)
    parser.add_argument(
        "--state", metavar="DIR2", type=Path, help="where to remember what was told (default: see docs)"
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be told; tell and remember nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell, and say what was told."""
    from archives.collection import Collection
    from archives.errors import UsageError
    from crawler.notice.memory import held, path_for, recall
    from crawler.notice.targets import target_of
    from crawler.notice.telling import find, tell_all

    given = arguments.to or os.environ.get("GENBUN_NOTIFY", "").split()
    targets = list(dict.fromkeys(target_of(one) for one in given))
    exit_status = arguments.exit.strip()
    if exit_status and not exit_status.isalnum():
        raise UsageError("--exit takes a number, or a signal's name")
    collection = Collection(arguments.dir)
    path = path_for(arguments.dir, arguments.state)
    if arguments.dry_run:
        return _print(arguments, targets, path, exit_status)
    if not targets:
        raise UsageError("whom to tell? --to https://… or --to mailto:you@example.org, or GENBUN_NOTIFY")
    with held(path):
        memory = recall(path, arguments.dir)
        found = find(collection, arguments.every, exit_status, known=memory.known)
        done = tell_all(targets, found, memory)
    for target, notice, failure in done:
        if failure:
            print(f"genbun: {failure}", file=sys.stderr)
        else:
            print(f"{target.name}: {notice.title if notice else 'nothing new'}")
    return int(any(failure for *_, failure in done))


def _print(arguments: argparse.Namespace, targets: list[Target], path: Path, exit_status: str) -> int:
    from archives.collection import Collection
    from crawler.notice.memory import recall
    from crawler.notice.targets import Mailbox
    from crawler.notice.telling import find, notice_for

    memory = recall(path, arguments.dir)
    found = find(Collection(arguments.dir), arguments.every, exit_status, known=memory.known)
    for target in targets or [Mailbox("nobody", "anybody")]:
        notice = notice_for(target, found, memory)
        print(f"{target.name} would be told:\n{notice.text}" if notice else f"{target.name}: nothing new")
    return 0
