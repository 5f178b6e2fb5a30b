"""Signatures of a WACZ, in the anonymous form of "WACZ Signing and Verification" 0.1.0: a key pair and nothing else.

What is signed is the text of the hash of `datapackage.json`, which lists the hash of every file: ECDSA with SHA-256.
ReplayWeb.page checks such signatures itself, in the form in which browsers make them (the two numbers one after the
other) and for P-384 alone; so that is what we write and the curve of new keys. P-256 keys and DER are read as well.
Whose a public key is has to be made known by other means: the signature says only that its holder sealed this package.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archives.errors import GenbunError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

FORM: Final = "0.1.0"
CURVES: Final = {"secp256r1": 32, "secp384r1": 48}
FIELDS: Final = ("hash", "created", "software", "version", "signature", "publicKey")
LIMIT: Final = 1024 * 1024


class BadSignature(GenbunError):
    """A signature that does not hold, or a seal that cannot be read."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds: the holder of the key sealed the package whose `datapackage.json` has this hash."""

    hash: str
    created: str
    software: str
    public_key: str

    @property
    def fingerprint(self) -> str:
        """`sha256:` over the public key's DER form: what two people compare."""
        return fingerprint_of(self.public_key)


class UnknownForm(BadSignature):
    """A signature in the name of a domain: certificates and time stamps that we do not check."""


def new_key(path: Path) -> str:
    """Make a P-384 key, readable for its owner alone; returns its public key. Never takes another file's place."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP384R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path}: is there already; a key is never overwritten, give another name") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    return public_key_of(key)


def load_key(path: Path) -> EllipticCurvePrivateKey:
    """A private key in PEM: P-384 or P-256, without a passphrase. Raises `UsageError`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except TypeError:
        raise UsageError(f"{path}: is protected by a passphrase; give a key without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path}: holds no private key in PEM; `genbun pack --new-key FILE` makes one") from None
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name not in CURVES:
        raise UsageError(f"{path}: is no ECDSA key on P-384 or P-256; `genbun pack --new-key FILE` makes one")
    return key


def public_key_of(key: EllipticCurvePrivateKey) -> str:
    """Its public half as a WACZ carries it: Base64 of the DER form (SubjectPublicKeyInfo)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def fingerprint_of(public_key: str) -> str:
    """`sha256:` over a public key in Base64."""
    return f"sha256:{hashlib.sha256(base64.b64decode(public_key)).hexdigest()}"


def sign(key: EllipticCurvePrivateKey, digest: str, created: str, software: str) -> dict[str, str]:
    """`signedData` for the hash of a `datapackage.json`. The same key and hash give the same signature (RFC 6979)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        algorithm = ECDSA(SHA256(), deterministic_signing=True)
    except UnsupportedAlgorithm:  # OpenSSL before 3.2: another signature each time, each as good
        algorithm = ECDSA(SHA256())
    size = CURVES[key.curve.name]
    numbers = decode_dss_signature(key.sign(digest.encode(), algorithm))
    return {
        "hash": digest,
        "created": created,
        "software": software,
        "version": FORM,
        "signature": base64.b64encode(b"".join(number.to_bytes(size, "big") for number in numbers)).decode(),
        "publicKey": public_key_of(key),
    }


def verify_signature(wacz: Path) -> Signature | None:
    """The signature of a WACZ, or None where it has none. Raises `BadSignature`.

    Says that `datapackage.json` is as it was signed; that the files are as it lists them, `check_wacz` finds out.
    """
    try:
        with zipfile.ZipFile(wacz) as file:
            package = _small(file, "datapackage.json", 64 * LIMIT)
            seal = json.loads(_small(file, "datapackage-digest.json", LIMIT))
    except KeyError as error:
        raise BadSignature(f"{wacz}: {error.args[0]}") from None
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: encrypted, deep
        raise BadSignature(f"{wacz}: cannot be read: {error}") from None
    if not isinstance(seal, dict):
        raise BadSignature(f"{wacz}: datapackage-digest.json is no object")
    signed = seal.get("signedData")
    if signed is None:
        return None
    signature = verify(signed)
    if signature.hash != f"sha256:{hashlib.sha256(package).hexdigest()}":
        raise BadSignature(f"{wacz}: what was signed is not the hash of this datapackage.json")
    return signature


def verify(signed: Any) -> Signature:
    """`signedData` checked by itself. Raises `BadSignature`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(signed, dict) and "domainCert" in signed:
        raise UnknownForm(f"signed in the name of {signed.get('domain')!r}: Genbun checks signatures by a key alone")
    if not isinstance(signed, dict) or not all(isinstance(signed.get(name), str) for name in FIELDS):
        raise BadSignature("signedData lacks a field that an anonymous signature has: " + ", ".join(FIELDS))
    key = _public_key(signed["publicKey"])
    try:
        raw = base64.b64decode(signed["signature"], validate=True)
        key.verify(_der(raw, CURVES[key.curve.name]), signed["hash"].encode(), ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error):
        raise BadSignature("the signature does not hold: it was made by another key, or of another package") from None
    return Signature(signed["hash"], signed["created"], signed["software"], signed["publicKey"])


def _public_key(text: str) -> EllipticCurvePublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        raise BadSignature("publicKey cannot be read") from None
    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name not in CURVES:
        raise BadSignature("publicKey is no ECDSA key on P-384 or P-256")
    return key


def _der(raw: bytes, size: int) -> bytes:
    """A signature in the form that `cryptography` takes."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(raw) != 2 * size:
        return raw
    return encode_dss_signature(int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big"))


def _small(file: zipfile.ZipFile, path: str, limit: int) -> bytes:
    """A member's content, if it is not larger than that. Raises `ValueError`, `KeyError`."""
    with file.open(path) as member:
        data = member.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"{path} is larger than {limit:,} bytes")
    return data
