"""WACZ → findings: every file in it hashed again, its list, its seal and its signature held against each other."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from archives.bounded import value_of
from archives.pack.layout import layout_findings
from archives.pack.members import content_of, is_warc, opened, overlap
from archives.pack.writing import DIGEST, PACKAGE, ours
from archives.signing import BadSignature, UnknownForm, verify_signature
from archives.verify.finding import Findings, Severity

HASHES: Final = ("sha256", "sha512", "sha384", "sha1", "md5")
LIMIT: Final = 8 * 1024 * 1024  # of what is read as a whole: as objects it takes twenty times as much
MOST: Final = 1000  # findings of one package; a list of a hundred thousand files may be wrong in each
PAGES: Final = "pages/pages.jsonl"

Moved = Callable[[int], None]


def check_wacz(wacz: Path, moved: Moved | None = None) -> Findings:
    """All that is wrong with a WACZ as a package; nothing for a sound one. Reads it once, streaming.

    What its WARC files hold is another matter: `members.warcs_in` gives them. `moved` is told how much was read.
    Raises `OSError` where the file cannot be read.
    """
    findings = Findings()
    with wacz.open("rb") as raw:
        try:
            file = opened(wacz)
        # zipfile raises NotImplementedError for a compression method that it does not know
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            findings.add(wacz.name, 0, "wacz_zip", "error", f"is no whole ZIP file: {error}")
            return findings
        with file:
            if any(info.header_offset < 0 for info in file.infolist()):
                findings.add(wacz.name, 0, "wacz_zip", "error", "its directory is not where the file says")
            else:
                _Check(wacz, file, raw, findings, moved).all()
    return findings


class _Check:
    """One WACZ that is being checked."""

    def __init__(
        self, wacz: Path, file: zipfile.ZipFile, raw: BinaryIO, findings: Findings, moved: Moved | None
    ) -> None:
        self._wacz = wacz
        self._file = file
        self._raw = raw
        self._infos = {info.filename: info for info in file.infolist() if not info.is_dir()}
        self._findings = findings
        self._moved = moved
        self._found = 0

    def all(self) -> None:
        for path, offset, detail in layout_findings(self._file, self._raw):
            self._tell(path or self._wacz.name, offset, "wacz_layout", "error", detail)
        self._contents()
        if overlap(self._file.infolist()):
            return  # the same bytes, unpacked again for each file that is said to hold them: nobody would wait for that
        package = self._json_of(PACKAGE)
        if package is not None:
            self._package(package)
            self._seal(package)

    def _contents(self) -> None:
        if PAGES not in self._infos:
            self._add(PAGES, "wacz_missing", "is missing: a WACZ has a list of pages")
        if not any(is_warc(path) for path in self._infos):
            self._add("archive/", "wacz_missing", "holds no WARC file")
        if not any(path.startswith("indexes/") for path in self._infos):
            self._add("indexes/", "wacz_missing", "holds no index")
        for path, info in self._infos.items():
            if info.compress_type != zipfile.ZIP_STORED and (is_warc(path) or path.endswith(".gz")):
                self._add(path, "wacz_compressed", "was compressed again, so that no player can read parts of it")

    def _package(self, package: dict[str, Any]) -> None:
        if str(package.get("software")).startswith("genbun "):
            for name, info in self._infos.items():
                if not ours(info):
                    self._add(name, "wacz_layout", "is entered in the directory in another way than Genbun does")
        resources = package.get("resources")
        if not isinstance(resources, list) or not isinstance(package.get("wacz_version"), str):
            self._add(PACKAGE, "wacz_package", "names no resources, or no wacz_version")
            return
        listed: set[str] = set()
        for resource in resources:
            path = resource.get("path") if isinstance(resource, dict) else None
            if not isinstance(path, str) or path in listed:
                self._add(PACKAGE, "wacz_package", f"lists a resource without a path, or twice: {resource!r:.200}")
                continue
            listed.add(path)
            if path in self._infos:
                self._resource(path, resource)
            else:
                self._add(path, "wacz_missing", f"is listed in {PACKAGE}, but is not there")
        for path in sorted(self._infos.keys() - listed - {PACKAGE, DIGEST}):
            self._add(path, "wacz_unlisted", f"is not listed in {PACKAGE}")

    def _resource(self, path: str, resource: dict[str, Any]) -> None:
        info = self._infos[path]
        kind, _, expected = str(resource.get("hash")).partition(":")
        if kind not in HASHES:
            self._add(path, "wacz_package", f"its hash in {PACKAGE} is of no known kind: {kind}")
            return
        if resource.get("bytes") != info.file_size:
            self._add(path, "wacz_size", f"has {info.file_size:,} bytes, {PACKAGE} says {resource.get('bytes')}")
        digest = hashlib.new(kind, usedforsecurity=False)
        try:
            for piece in content_of(self._raw, info):
                digest.update(piece)
                if self._moved:
                    self._moved(len(piece))
        except zipfile.BadZipFile as error:
            self._add(path, "wacz_content", f"cannot be read whole: {error}")
            return
        if digest.hexdigest() != expected.lower():
            self._add(path, "wacz_hash", f"is not what was packed: {kind} {digest.hexdigest()}, not {expected}")

    def _seal(self, package: dict[str, Any]) -> None:
        if DIGEST not in self._infos:
            self._add(DIGEST, "wacz_missing", f"is missing, so that nothing seals {PACKAGE}", "warning")
            return
        seal = self._json_of(DIGEST)
        if seal is None:
            return
        actual = f"sha256:{hashlib.sha256(b''.join(content_of(self._raw, self._infos[PACKAGE]))).hexdigest()}"
        if seal.get("path") != PACKAGE or seal.get("hash") != actual:
            self._add(DIGEST, "wacz_hash", f"seals another {PACKAGE}: {seal.get('hash')}, this one has {actual}")
        try:
            signature = verify_signature(self._wacz)
        except BadSignature as error:
            self._add(DIGEST, "wacz_signature", str(error), "warning" if isinstance(error, UnknownForm) else "error")
            return
        if signature and signature.created != package.get("created"):
            said = f"was signed as of {signature.created}, but {PACKAGE} was created {package.get('created')}"
            self._add(DIGEST, "wacz_signature", said)

    def _json_of(self, path: str) -> dict[str, Any] | None:
        """A JSON object in the package, or None and a finding."""
        if path not in self._infos:
            self._add(path, "wacz_missing", "is missing")
            return None
        try:
            if self._infos[path].file_size > LIMIT:
                raise ValueError(f"it is larger than {LIMIT:,} bytes")
            value = value_of(b"".join(content_of(self._raw, self._infos[path])))
            if not isinstance(value, dict):
                raise ValueError("it is no JSON object")
        except (ValueError, zipfile.BadZipFile) as error:
            self._add(path, "wacz_package", f"cannot be read: {error}")
            return None
        return value

    def _add(self, path: str, what: str, detail: str, severity: Severity = "error") -> None:
        info = self._infos.get(path)
        self._tell(path, info.header_offset if info else 0, what, severity, detail)

    def _tell(self, path: str, offset: int, what: str, severity: Severity, detail: str) -> None:
        self._found += 1
        if self._found <= MOST:
            self._findings.add(path, offset, what, severity, detail)
        elif self._found == MOST + 1:
            self._findings.add(self._wacz.name, 0, "wacz_more", "error", "more is wrong with it than is told here")
