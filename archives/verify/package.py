"""A WACZ package: its own sums and signature, then the WARC files inside it, their links and its index."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

from archives.pack.checking import check_wacz
from archives.pack.members import opened, require_bounded, warcs_in
from archives.verify.archive import Totals
from archives.verify.files import Moved
from archives.verify.finding import Findings
from archives.verify.index import check_index
from archives.verify.ledger import Ledger
from archives.verify.links import LinkCheck
from archives.verify.warc import Place, WarcCheck

INDEX = "indexes/index.cdxj"


def verify_package(wacz: Path, scratch: Path, findings: Findings, moved: Moved | None = None) -> Totals:
    """Check a package as `verify_integrity` checks a collection; offsets are those in the file inside it."""
    findings.take(check_wacz(wacz))
    totals = Totals()
    if not _can_be_read(wacz):
        return totals
    with closing(Ledger(scratch / "package.sqlite")) as ledger:
        for number, member in enumerate(warcs_in(wacz)):
            with member.open() as stream:
                place = Place(member.path, member.name, number)
                totals.records += WarcCheck(stream, place, findings, ledger, moved=moved).run()
            totals.files += 1
            totals.bytes += member.size
        ledger.complete()
        LinkCheck(ledger, findings).run()
        totals.index_lines = _check_index(wacz, ledger, findings)
    return totals


def _can_be_read(wacz: Path) -> bool:
    """Whether it is a ZIP file with a directory that is read; where it is not, `check_wacz` has said so."""
    try:
        with opened(wacz) as package:
            return all(info.header_offset >= 0 for info in package.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def _check_index(wacz: Path, ledger: Ledger, findings: Findings) -> int:
    """Check the index as it is unpacked; one that cannot be, or is too much, is nothing: `check_wacz` has said so."""
    found, count = Findings(), 0
    with opened(wacz) as package:
        if INDEX not in package.namelist():
            findings.add(INDEX, 0, "index_absent", "error", "there is no index, so no player finds a page")
            return 0
        try:
            require_bounded(package.getinfo(INDEX))
            with package.open(INDEX) as packed, io.BufferedReader(packed) as index:  # type: ignore[type-var]  # it reads
                count = check_index(index, INDEX, ledger, found)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError):
            return 0
    findings.take(found)
    return count
