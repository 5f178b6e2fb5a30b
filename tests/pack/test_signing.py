"""Signatures: made, checked by us and by OpenSSL, and found false when anything was changed."""

from __future__ import annotations

import base64
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from archives.errors import UsageError
from archives.pack.checking import check_wacz
from archives.signing import (
    BadSignature,
    UnknownForm,
    fingerprint_of,
    load_key,
    new_key,
    sign,
    verify,
    verify_signature,
)
from crawler.commands.main import main
from tests.pack.conftest import Opened, changed

Pack = Callable[..., Opened]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "archive.pem"
    new_key(path)
    return path


def test_a_signed_package(packed: Pack, key: Path) -> None:
    wacz = packed(key=key)
    signed = wacz.json("datapackage-digest.json")["signedData"]
    assert set(signed) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert signed["hash"] == wacz.json("datapackage-digest.json")["hash"]
    assert signed["created"] == wacz.json("datapackage.json")["created"]
    signature = verify_signature(wacz.path)
    assert signature is not None
    assert (signature.hash, signature.public_key) == (signed["hash"], signed["publicKey"])
    assert signature.fingerprint == fingerprint_of(signed["publicKey"])
    assert list(check_wacz(wacz.path)) == []


def test_an_unsigned_package_has_no_signature(packed: Pack) -> None:
    assert verify_signature(packed().path) is None


def test_the_same_key_signs_alike(packed: Pack, key: Path) -> None:
    assert packed("one.wacz", key=key).path.read_bytes() == packed("two.wacz", key=key).path.read_bytes()


def test_py_wacz_finds_it_valid(packed: Pack, key: Path) -> None:
    py_wacz = pytest.importorskip("wacz.main", reason="needs wacz: py-wacz is not installed here")
    assert py_wacz.main(["validate", "-f", str(packed(key=key).path)]) == 0


@pytest.mark.parametrize("curve", ["secp384r1", "prime256v1"])
def test_keys_and_signatures_are_those_of_openssl(
    packed: Pack, tmp_path: Path, program: Callable[[str], str], curve: str
) -> None:
    openssl = program("openssl")
    key, public, said, signature = (tmp_path / name for name in ("key.pem", "public.pem", "said", "signature"))
    subprocess.run([openssl, "ecparam", "-name", curve, "-genkey", "-noout", "-out", str(key)], check=True)
    wacz = packed(key=key)
    assert list(check_wacz(wacz.path)) == []
    signed = wacz.json("datapackage-digest.json")["signedData"]
    body = base64.encodebytes(base64.b64decode(signed["publicKey"])).decode()
    public.write_text(f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n")
    raw = base64.b64decode(signed["signature"])
    half = len(raw) // 2
    signature.write_bytes(encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")))
    said.write_text(signed["hash"])
    command = [openssl, "dgst", "-sha256", "-verify", str(public), "-signature", str(signature), str(said)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "Verified OK\n"


def test_signatures_in_der_are_read(key: Path) -> None:
    signed = sign(load_key(key), "sha256:00", "2026-11-24T00:00:00Z", "another program")
    raw = base64.b64decode(signed["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    assert verify(signed | {"signature": base64.b64encode(der).decode()}).hash == "sha256:00"


def test_another_package_under_the_same_signature_is_found(packed: Pack, key: Path, tmp_path: Path) -> None:
    wacz = changed(packed(key=key).path, tmp_path / "x.wacz", {"datapackage.json": lambda it: it.update(title="Mine")})
    with pytest.raises(BadSignature, match="not the hash of this"):
        verify_signature(wacz)
    assert {finding.what for finding in check_wacz(wacz)} == {"wacz_hash", "wacz_signature"}


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "sha256:00"},
        {"signature": base64.b64encode(bytes(96)).decode()},
        {"signature": "not Base64!"},
        {"signature": ""},
        {"publicKey": "AAAA"},
        {"publicKey": None},
    ],
)
def test_what_was_signed_cannot_be_changed(key: Path, change: dict[str, str]) -> None:
    signed = sign(load_key(key), "sha256:11", "2026-11-24T00:00:00Z", "genbun")
    assert verify(signed).hash == "sha256:11"
    with pytest.raises(BadSignature):
        verify(signed | change)


def test_another_key_is_found(key: Path, tmp_path: Path) -> None:
    signed = sign(load_key(key), "sha256:11", "2026-11-24T00:00:00Z", "genbun")
    other = new_key(tmp_path / "other.pem")
    with pytest.raises(BadSignature, match="another key"):
        verify(signed | {"publicKey": other})


@pytest.mark.parametrize("signed", [[], "text", 7, {}, {"hash": "sha256:00"}])
def test_what_is_no_signature_at_all(signed: object) -> None:
    with pytest.raises(BadSignature):
        verify(signed)


def test_signatures_by_domain_are_not_judged(packed: Pack, key: Path, tmp_path: Path) -> None:
    def by_domain(seal: dict[str, Any]) -> None:
        seal["signedData"] = {"domain": "archive.example", "domainCert": "-----BEGIN CERTIFICATE-----"}

    wacz = changed(packed(key=key).path, tmp_path / "x.wacz", {"datapackage-digest.json": by_domain})
    with pytest.raises(UnknownForm):
        verify_signature(wacz)
    assert [(finding.what, finding.severity) for finding in check_wacz(wacz)] == [("wacz_signature", "warning")]


def test_a_new_key_is_its_owners_alone_and_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "archive.pem"
    assert main(["pack", "--new-key", str(path)]) == 0
    said = capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "BEGIN PRIVATE KEY" in path.read_text()
    assert "fingerprint   sha256:" in said
    assert f"--sign {path}" in said
    before = path.read_bytes()
    assert main(["pack", "--new-key", str(path)]) == 2
    assert path.read_bytes() == before


def test_keys_that_are_none(tmp_path: Path, program: Callable[[str], str]) -> None:
    openssl = program("openssl")
    path = tmp_path / "key.pem"
    with pytest.raises(UsageError, match="cannot be read"):
        load_key(path)
    path.write_text("no key")
    with pytest.raises(UsageError, match="no private key"):
        load_key(path)
    for arguments, words in (
        (["genpkey", "-algorithm", "ed25519"], "no ECDSA key"),
        (["ecparam", "-name", "secp521r1", "-genkey", "-noout"], "no ECDSA key"),
        (
            ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-aes256", "-pass", "pass:x"],
            "phrase",
        ),
    ):
        subprocess.run([openssl, *arguments, "-out", str(path)], check=True, capture_output=True)
        with pytest.raises(UsageError, match=words):
            load_key(path)
