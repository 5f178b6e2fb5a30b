"""`genbun export`: articles, pairs and aligned sentences as files that open anywhere."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawler.exporting.choosing import Filters
    from crawler.exporting.exporting import Exported

FORMATS: Final = ("jsonl", "csv", "tsv", "parquet", "sqlite", "tmx", "moses", "hf")
STATUSES: Final = ("paired", "no_link", "not_captured", "gone", "refused", "restricted", "unreadable")
EXAMPLES: Final = """examples:
  genbun export editorials --format parquet --to editorials-parquet
  genbun export editorials --format sqlite --to editorials.db --newspaper japan_forward --since 2024-01-01
  genbun export editorials --format tmx --to editorials.tmx --min-confidence 0.9
  genbun export editorials --format jsonl --to to-share --no-text"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "export",
        parents=[common],
        help="articles, pairs and aligned sentences as JSON Lines, CSV, Parquet, SQLite, TMX …",
        description="Write a collection's articles, pairs and aligned sentences in a format of others, by what was "
        "committed last. Nothing is locked and nothing changed; the same collection, under the same folder name, gives "
        "the same files.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument("--format", choices=FORMATS, required=True, help="in which format")
    parser.add_argument(
        "--to",
        metavar="PATH",
        type=Path,
        required=True,
        help="a folder, for sqlite and tmx a file; must not be there yet",
    )
    parser.add_argument(
        "--newspaper", metavar="N", action="append", default=[], help="of this newspaper, on either side of a pair"
    )
    parser.add_argument("--since", metavar="D", type=_day, help="first day in Japan, YYYY-MM-DD, included")
    parser.add_argument("--until", metavar="D", type=_day, help="last day in Japan, YYYY-MM-DD, included")
    parser.add_argument(
        "--status",
        metavar="S",
        action="append",
        choices=STATUSES,
        default=[],
        help="pairs of this status, and their sides",
    )
    parser.add_argument(
        "--access", metavar="A", action="append", choices=("free", "members", "unknown"), default=[],
        help="of this access, on both sides of a pair: free, members or unknown",
    )  # fmt: skip
    parser.add_argument(
        "--leave-out-reserved",
        action="store_true",
        help="without pages that reserve text and data mining, or leave that unclear, on either side of a pair",
    )
    parser.add_argument(
        "--leave-out-robots",
        metavar="RULE",
        action="append",
        default=[],
        help="without pages that give robots this rule, such as noarchive or noai, on either side of a pair",
    )
    parser.add_argument("--min-confidence", metavar="P", type=float, help="links of both sides, of p_pair P or more")
    parser.add_argument("--sample", metavar="N", type=int, help="N pairs and their sides, always the same ones")
    parser.add_argument("--no-text", action="store_true", help="places and digests instead of words, to share")
    parser.add_argument("--members", action="store_true", help="export also the text that only members may read")
    parser.add_argument("--no-history", action="store_true", help="without what changed between versions of articles")
    parser.add_argument("--bom", action="store_true", help="begin csv and tsv with a byte order mark, for Excel")
    parser.add_argument("--json", action="store_true", help="print the provenance instead of the summary")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export, and say what was written and what was not."""
    from archives.collection import Collection
    from crawler.commands.progress import Progress
    from crawler.exporting.exporting import export

    progress = Progress("read", 0)
    try:
        exported = export(
            Collection(arguments.dir),
            arguments.format,
            arguments.to,
            filters_of(arguments),
            progress,
            bom=arguments.bom,
        )
    finally:
        progress.end()
    if arguments.json:
        print(exported.provenance_path.read_text("utf-8"), end="")
    else:
        print("\n".join(summary(exported)))
    return 0


def filters_of(arguments: argparse.Namespace) -> Filters:
    """What was asked for."""
    from crawler.exporting.choosing import Filters

    return Filters(
        newspapers=tuple(arguments.newspaper),
        since=arguments.since,
        until=arguments.until,
        statuses=tuple(arguments.status),
        access=tuple(arguments.access),
        reserved=not arguments.leave_out_reserved,
        robots=tuple(arguments.leave_out_robots),
        min_confidence=arguments.min_confidence,
        sample=arguments.sample,
        text=not arguments.no_text,
        members=arguments.members,
        history=not arguments.no_history,
    )


def summary(exported: Exported) -> list[str]:
    """The last lines: what was written, where, what was left out and why, and what to do next."""
    said = exported.provenance
    size = sum(file["bytes"] for file in said["files"])
    lines = [f"{exported.path} holds, in {size / 1e6:,.1f} MB of {said['format']}, of {said['collection']}:"]
    lines += [f"  {_counted(count, table)}" for table, count in said["written"].items()]
    notes = [*_left_out(said), *_kept_back(said), *_reserved(said), *_unaligned(said), *_others(said)]
    lines += ["", *notes] if notes else []
    lines += ["", f"{exported.provenance_path} says from which crawls, with digests", "", "next:"]
    written = said["written"]
    table = next((table for table in ("sentences", "pairs", "articles") if written.get(table)), "articles")
    stands = {"{path}": str(exported.path), "{table}": table}
    return lines + [f"  {_filled(line, stands)}" for line in exported.next]


WORDS: Final = {
    "articles": ("version of an article", "versions of articles"),
    "pairs": ("pair", "pairs"),
    "sentences": ("link of sentences", "links of sentences"),
    "history": ("change between versions", "changes between versions"),
    "problems": ("page", "pages"),
    "characters": ("character", "characters"),
}


def _counted(count: int, table: str) -> str:
    return f"{count:,} {WORDS[table][count != 1]}"


def _filled(line: str, stands: dict[str, str]) -> str:
    for name, value in stands.items():
        line = line.replace(name, value)
    return line


def _left_out(said: dict[str, Any]) -> list[str]:
    from crawler.exporting.choosing import REASONS

    return [
        f"left out: {_counted(sum(counts.values()), table)} ("
        + ", ".join(f"{count:,} {REASONS[reason]}" for reason, count in counts.items()) + ")"
        for table, counts in said["left_out"].items() if counts
    ]  # fmt: skip


def _kept_back(said: dict[str, Any]) -> list[str]:
    why = {"members": "that only members may read (--members exports it)", "no_text": "as --no-text says"}
    return [
        f"without text: {_counted(count, table)}, {why[reason]}"
        for table, counts in said["withheld"].items()
        for reason, count in counts.items()
    ]


def _reserved(said: dict[str, Any]) -> list[str]:
    """What pages say of mining, and that older readers did not look."""
    counts: dict[str, int] = {}
    for by in said["tdm_reservation"].values():
        for name, count in by.items():
            counts[name] = counts.get(name, 0) + count
    lines = []
    if reserved := counts.get("reserved", 0) + counts.get("unclear", 0):
        unclear = f", {counts['unclear']:,} of them unclearly" if "unclear" in counts else ""
        whose = _counted(reserved, "articles")
        lines.append(f"mining is reserved: by the pages of {whose}{unclear} (--leave-out-reserved leaves them out)")
    if not_looked := counts.get("not_looked", 0):
        whose = _counted(not_looked, "articles")
        lines.append(f"rights not looked for: {whose}, read by an older reader (`genbun rebuild` reads them anew)")
    return lines


def _unaligned(said: dict[str, Any]) -> list[str]:
    from crawler.exporting.exporting import NOT_ALIGNED

    count, whys = said["alignment"]["pairs_not_aligned"], said["alignment"]["not_aligned"]
    if not count:
        return []
    reasons = ", ".join(f"{number:,} {NOT_ALIGNED.get(why, why)}" for why, number in whys.items())
    which = "that has an original" if count == 1 else "that have an original"
    none = "" if said["alignment"]["pairs_aligned"] else ": there are no sentences"
    return [f"not aligned: {_counted(count, 'pairs')} {which} ({reasons}){none}"]


def _others(said: dict[str, Any]) -> list[str]:
    lines = []
    if said["problems"]:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in said["problems"].items())
        pages = _counted(sum(said["problems"].values()), "problems")
        lines.append(f"in no export: {pages} that gave no article ({reasons})")
    if count := said["characters_replaced"]:
        lines.append(f"replaced by U+FFFD: {_counted(count, 'characters')} that {said['format']} cannot hold")
    if said["unfinished"]:
        lines.append(
            f"a crawl is under way, or was killed ({', '.join(said['unfinished'])}): what it got last is not here"
        )
    return lines


def _day(value: str) -> dt.date:
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no day; give YYYY-MM-DD") from None
