"""A WACZ package: its own sums and signature, then the WARC files inside it, their links and its index."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

from archives.pack.checking import check_wacz
from archives.pack.members import warcs_in
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
    if not zipfile.is_zipfile(wacz):
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
        totals.index_lines = _check_index(wacz, scratch, ledger, findings)
    return totals


def _check_index(wacz: Path, scratch: Path, ledger: Ledger, findings: Findings) -> int:
    with zipfile.ZipFile(wacz) as package:
        if INDEX not in package.namelist():
            findings.add(INDEX, 0, "index_absent", "error", "there is no index, so no player finds a page")
            return 0
        path = scratch / "index.cdxj"
        try:
            with package.open(INDEX) as packed, path.open("wb") as index:
                shutil.copyfileobj(packed, index)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return 0  # `check_wacz` has said so
    with path.open("rb") as index:
        return check_index(index, INDEX, ledger, findings)
