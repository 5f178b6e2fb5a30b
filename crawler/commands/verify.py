"""`genbun verify`: every byte, digest, index line and record against each other."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from archives.verify.archive import Totals
    from archives.verify.finding import Findings

EPILOG = """severity: error: something does not agree, or the standard is not kept (exit status 4);
          warning: no fault by the standard, but likely none that was meant; note: worth knowing"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "verify",
        parents=[common],
        help="check every byte, digest, index line and record of a collection",
        description="Read a whole collection once and hold everything in it against each other: the WARC files and "
        "their digests, the index, the lines against a fresh parse of the archive, the receipts. Nothing is changed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection, or a WACZ package of one")
    parser.add_argument("--integrity", action="store_true", help="check the archive and its index alone")
    parser.add_argument("--json", action="store_true", help="print what was found as one JSON object")
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=int,
        help="read with N processes; a large WARC file is read in parts "
        "(default: as many as there are processors, at most 8; one alone where there is little to read)",
    )
    add_storage(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, and say what was found; returns 4 if anything of it is an error."""
    from tempfile import TemporaryDirectory

    from archives.collection import Collection
    from archives.errors import UsageError
    from archives.storage.reading import is_there, require_allowed, size_of
    from archives.verify.archive import verify_integrity
    from archives.verify.finding import Findings
    from crawler.commands.progress import Progress

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: give a number from 1 on")
    if arguments.integrity:
        check: Any = verify_integrity
    else:
        from crawler.verifying.collection import verify as check
    collection, findings = Collection(arguments.dir), Findings()
    is_package = arguments.dir.is_file()
    if not is_package:
        collection.require()
    began = time.monotonic()
    read = [arguments.dir] if is_package else collection.warcs()
    require_allowed(read)
    progress = Progress("verified", sum(size_of(path) for path in read if is_there(path)))
    try:
        with TemporaryDirectory(prefix="genbun-verify-") as scratch:
            if is_package:
                from archives.verify.package import verify_package

                totals: Totals = verify_package(arguments.dir, Path(scratch), findings, progress.moved)
            else:
                totals = check(collection, Path(scratch), findings, arguments.jobs, progress.moved)
    finally:
        progress.end()
    seconds = time.monotonic() - began
    if arguments.json:
        _print_json(findings, totals, seconds)
    else:
        _print(findings, totals, seconds)
    return 4 if findings.count("error") else 0


def _print(findings: Findings, totals: Totals, seconds: float) -> None:
    for finding in findings:
        print(finding)
    print(_summary(findings, totals, seconds))


def _summary(findings: Findings, totals: Totals, seconds: float) -> str:
    errors, warnings, notes = (findings.count(severity) for severity in ("error", "warning", "note"))
    parts = [f"{totals.files:,} files", f"{totals.records:,} records", f"{totals.index_lines:,} index lines"]
    for name in ("articles", "pairs", "problems", "receipts"):
        if hasattr(totals, name):
            parts.append(f"{getattr(totals, name):,} {'article versions' if name == 'articles' else name}")
    rate = totals.bytes / 1e6 / max(seconds, 1e-6)
    parts.append(f"{totals.bytes / 1e6:,.1f} MB in {seconds:.1f} s, {rate:,.0f} MB/s")
    found = [f"{count:,} {word}{'s' * (count != 1)}" for count, word in
             ((errors, "error"), (warnings, "warning"), (notes, "note")) if count]  # fmt: skip
    return f"{'not verified' if errors else 'verified'}: {', '.join([*found, *parts])}"


def _print_json(findings: Findings, totals: Totals, seconds: float) -> None:
    import json
    from dataclasses import asdict

    result = {
        "schema": "genbun/verify/1",
        "verified": not findings.count("error"),
        **{f"{severity}s": findings.count(severity) for severity in ("error", "warning", "note")},
        **asdict(totals),
        "seconds": round(seconds, 3),
        "findings": [asdict(finding) for finding in findings],
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))
