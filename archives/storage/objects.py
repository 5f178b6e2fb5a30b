"""Object stores: S3 and what speaks like it, Google's, Azure's; obstore asks them, since it writes once.

Credentials come from the environment, or from the files that AWS's own tools read, and go nowhere else.
"""

from __future__ import annotations

import configparser
import mmap
import os
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import AzureStore, GCSStore, S3Store

from archives.errors import UsageError
from archives.storage.errors import Changed, Gone, StorageFailure
from archives.storage.places import ENDPOINT, Object, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_T = TypeVar("_T")

#: The most that S3 takes in one piece, which alone it writes once; what is larger is sent in parts.
ONE_PIECE: Final = 5 * 1024**3
PART: Final = 64 * 1024**2
_RETRIES: Final[RetryConfig] = {"max_retries": 4, "retry_timeout": timedelta(seconds=90)}
LOOKS: Final = 0.5  # seconds between two looks whether Ctrl-C has come, as another thread may have got it
_SLOWEST: Final = 100_000  # bytes a second; slower, an upload is given up
_OWN_SOURCES: Final = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_SKIP_SIGNATURE")  # fmt: skip


class Objects:
    """A bucket, or what lies below a prefix of it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._store = _opened(address, 120)

    def head(self, name: str) -> Object | None:
        """What is there under that name, or None."""
        try:
            meta = obstore.head(self._store, name)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _failure(error, self._address, name) from error
        return Object(meta["size"], meta["e_tag"] or "")

    def put_new(self, name: str, path: Path) -> bool:
        """Put a file there in one conditional request, its SHA-256 in it: the service takes all of it or nothing."""
        size = path.stat().st_size
        store = _opened(self._address, 60 + size // _SLOWEST)
        try:
            if size > ONE_PIECE:
                if self.head(name) is not None:
                    return False
                _stoppable(lambda: obstore.put(store, name, path, chunk_size=PART, max_concurrency=2))
                return True
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) if size else b""
            _stoppable(lambda: obstore.put(store, name, data, mode="create"))
        except AlreadyExistsError:
            return False
        except (BaseError, OSError) as error:
            raise _failure(error, self._address, name) from error
        return True

    def read(self, name: str, begin: int, end: int, expected: Object) -> bytes:
        """A range of it, in a request that holds only for what is expected."""
        options: obstore.GetOptions = {"range": (begin, end)}
        if expected.mark:
            options["if_match"] = expected.mark
        try:
            size, data = _stoppable(lambda: _got(self._store, name, options, expected.size))
        except PreconditionError as error:
            raise Changed(f"{self._address}/{name}: was written anew since it was stored") from error
        except (BaseError, OSError) as error:
            raise _failure(error, self._address, name) from error
        if size != expected.size:
            raise Changed(f"{self._address}/{name}: has {size:,} bytes, {expected.size:,} were stored")
        return data


def _got(store: ObjectStore, name: str, options: obstore.GetOptions, wanted: int) -> tuple[int, bytes]:
    """The size of an object, and the bytes that were asked for if it is the wanted one."""
    got = obstore.get(store, name, options=options)
    size = got.meta["size"]
    return size, bytes(got.bytes()) if size == wanted else b""


def _stoppable(call: Callable[[], _T]) -> _T:
    """What a call returns, or raises, that Ctrl-C does not have to wait for: obstore looks at no signal."""
    done: SimpleQueue[tuple[_T | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((call(), None))
        except Exception as error:
            done.put((None, error))

    Thread(target=run, daemon=True).start()
    while True:
        with suppress(Empty):
            returned, raised = done.get(timeout=LOOKS)
            break
    if raised is not None:
        raise raised
    return cast("_T", returned)


def _opened(address: str, seconds: int) -> ObjectStore:
    """A client whose requests may take that long."""
    scheme, bucket, prefix = parts_of(address)
    client: ClientConfig = {"timeout": timedelta(seconds=seconds), "connect_timeout": timedelta(seconds=10)}
    try:
        if scheme == "gs":
            return GCSStore(bucket, prefix=prefix or None, client_options=client, retry_config=_RETRIES)
        if scheme == "az":
            return AzureStore(bucket, prefix=prefix or None, client_options=client, retry_config=_RETRIES)
        config = _s3_config()
        client["allow_http"] = str(config.get("endpoint", "")).startswith("http://")
        return S3Store(bucket, prefix=prefix or None, config=config, client_options=client,
                       retry_config=_RETRIES, checksum_algorithm="SHA256")  # fmt: skip
    except (BaseError, ValueError) as error:
        raise UsageError(f"{address}: cannot be asked ({_first_line(error)})") from error


def _s3_config() -> Any:
    """What the environment does not tell obstore itself: a profile's keys, region and endpoint."""
    profile = os.environ.get("AWS_PROFILE", "")
    said = _profile(profile or "default")
    if profile and not said:
        raise UsageError(f"AWS_PROFILE={profile}: neither of AWS's files has such a profile")
    config: dict[str, object] = {}
    if not any(os.environ.get(name) for name in _OWN_SOURCES):
        for name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"):
            if said.get(name):
                config[name.removeprefix("aws_")] = said[name]
        unknown = [name for name in ("credential_process", "sso_session", "sso_start_url", "role_arn") if name in said]
        if not config and unknown:
            raise UsageError(
                f"AWS's profile {profile or 'default'} has no keys but {unknown[0]}, which is not followed here; "
                'run: eval "$(aws configure export-credentials --format env)"'
            )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or said.get("region")
    if region:
        config["region"] = region
    endpoint = (
        os.environ.get(f"{ENDPOINT}_S3") or os.environ.get(ENDPOINT) or os.environ.get("AWS_ENDPOINT")
        or said.get("endpoint_url")
    )  # fmt: skip
    if endpoint:
        config["endpoint"] = endpoint
    return config


def _profile(name: str) -> dict[str, str]:
    """What AWS's files say of a profile; that of the credentials counts."""
    said: dict[str, str] = {}
    for variable, file, section in (
        ("AWS_CONFIG_FILE", "config", name if name == "default" else f"profile {name}"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", name),
    ):
        path = Path(os.environ.get(variable) or Path.home() / ".aws" / file)
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, "utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read ({error.__class__.__name__})") from error
        if parser.has_section(section):
            said.update(parser.items(section))
    return said


def _failure(error: Exception, address: str, name: str) -> StorageFailure:
    """An error of obstore's in our words: it draws its inside over many lines."""
    said, where = str(error), f"{address}/{name}"
    if "NoSuchBucket" in said:
        return Gone(f"{address}: there is no such bucket; make it first, or mend the address")
    if isinstance(error, FileNotFoundError):
        return Gone(f"{where}: is no longer there")
    if "169.254.169.254" in said or "/latest/api/token" in said or "/latest/meta-data" in said:
        return StorageFailure(
            f"{address}: there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        )
    code = re.search(r"<Code>(\w+)</Code>", said)
    if code or re.search(r"status code: (401|403)", said):
        advice = {
            "PermanentRedirect": "; it is in another region: set AWS_REGION",
            "AuthorizationHeaderMalformed": "; it is in another region: set AWS_REGION",
        }.get(code[1] if code else "", "; are these the right credentials, and do they allow it?")
        return StorageFailure(f"{where}: was refused ({code[1] if code else '403'}){advice}")
    return StorageFailure(f"{where}: cannot be reached ({_first_line(error)}); try again")


def _first_line(error: Exception) -> str:
    line = str(error).partition("\n")[0]
    cause = re.search(r"(Connection refused|Connection reset|dns error|timed out|TimedOut|certificate)", str(error))
    found = re.search(r"status code: (\d+ [\w ]+)", line)
    return cause[1] if cause else found[1].strip() if found else line[:200]
