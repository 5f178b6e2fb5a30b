"""NOTICE → a mail, handed to the system's own sendmail."""

from __future__ import annotations

import os
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Final

from crawler.notice.targets import Mailbox, NotDelivered

if TYPE_CHECKING:
    import datetime as dt

#: Where it lies on most systems; cron's PATH has neither.
FOLDERS: Final = ("/usr/sbin", "/usr/lib", "/usr/local/sbin")
SECONDS: Final = 60


def mail_of(target: Mailbox, title: str, text: str, at: dt.datetime) -> bytes:
    """The message: words of any script, in seven bits, with no header that they could add to."""
    message = EmailMessage(policy=default.clone(cte_type="7bit", linesep="\n"))
    message["To"] = target.address
    message["Subject"] = " ".join(_text(title).split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid("genbun")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer wanted
    message.set_content(_text(text))
    return message.as_bytes()


def send(target: Mailbox, title: str, text: str, at: dt.datetime) -> None:
    """Hand it over. Raises `NotDelivered`."""
    program = _sendmail()
    try:
        # The address comes from the command line, not from the message; it cannot begin as an option does.
        done = subprocess.run(
            [program, "-i", target.address],
            input=mail_of(target, title, text, at),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotDelivered(f"{program} did not end within {SECONDS} seconds; {_later(target)}") from None
    except OSError as error:
        raise NotDelivered(f"{program} could not be run ({error.strerror}); {_later(target)}") from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300] or "it did not say why"
        raise NotDelivered(f"{program} ended with {done.returncode} ({said}); {_later(target)}")


def _text(words: str) -> str:
    """Without half characters, which the names of old files have."""
    return words.encode("utf-8", "replace").decode()


def _sendmail() -> str:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *FOLDERS))
    found = shutil.which("sendmail", path=path)
    if found is None:
        raise NotDelivered(f"there is no sendmail on PATH or in {', '.join(FOLDERS)}: install one, such as msmtp-mta")
    return found


def _later(target: Mailbox) -> str:
    return f"{target.name} will be told next time"
