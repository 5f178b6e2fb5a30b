"""Who is told what, when, and of what nobody is told; to whom the secret of a webhook's address is not."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from archives.errors import UsageError
from crawler.commands.main import main
from crawler.notice import webhook
from crawler.notice.mail import mail_of
from crawler.notice.message import LONGEST, Notice
from crawler.notice.targets import Mailbox, Webhook, target_of
from crawler.status.concerns import Concern
from tests.crawl.crawling import GENBUN
from tests.notice.receiving import Hook, Postbox, listening
from tests.status.made import DAY, HOST, PAPER, Made

HOUR = dt.timedelta(hours=1)
SECRET = "T0KEN/verysecret"

Notify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A daily newspaper whose last crawl was four hours ago."""
    made = Made(tmp_path / "editorials")
    made.daily(60, dt.datetime.now(dt.UTC) + 4 * HOUR)
    made.write()
    return made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening() as hook:
        yield hook


@pytest.fixture
def postbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Postbox:
    postbox = Postbox.make(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{postbox.folder}{os.pathsep}{os.environ['PATH']}")
    return postbox


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE_DIRECTORY", "GENBUN_NOTIFY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "genbun"


@pytest.fixture
def notify(made: Made, state: Path, capsys: pytest.CaptureFixture[str]) -> Notify:
    """`genbun notify` of that collection; exit status, standard output and error."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["notify", str(made.collection.path), *words])
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        return status, said.out, said.err

    return run


def failed(made: Made, status: int = 3, hours: float = 0.1, message: str = "nothing found") -> None:
    made.run(dt.datetime.now(dt.UTC) - hours * HOUR, status, message=message)


def well(made: Made) -> None:
    made.run(dt.datetime.now(dt.UTC))


# what is told -------------------------------------------------------------------------------------


def test_only_what_has_changed(made: Made, hook: Hook, notify: Notify) -> None:
    to = ("--to", f"{hook.origin}/{SECRET}?token=secret")
    assert notify(*to) == (0, f"{hook.origin}/…: nothing new\n", "")
    failed(made, hours=0.3)
    assert notify(*to) == (0, f"{hook.origin}/…: Genbun CRITICAL: editorials: 1 new\n", "")
    failed(made, hours=0.2)
    assert notify(*to)[1].endswith(": nothing new\n")
    well(made)
    assert notify(*to)[1].endswith(": Genbun OK: editorials: 1 over\n")
    assert notify(*to)[1].endswith(": nothing new\n")
    begun, over = hook.bodies
    assert [one[:2] for one in hook.asked] == [("POST", f"/{SECRET}?token=secret")] * 2
    assert hook.asked[0][2]["content-type"] == "application/json; charset=utf-8"
    assert (begun["schema"], begun["state"], begun["host"]) == ("genbun/notice/1", "CRITICAL", socket.gethostname())
    assert begun["new"] == [{
        "kind": "nothing_found", "newspaper": PAPER, "severity": "critical", "key": f"{PAPER}/nothing_found/",
        "text": "its last crawl ended with exit status 3: nothing found",
    }]  # fmt: skip
    assert begun["text"].splitlines() == [
        "Genbun CRITICAL: editorials: 1 new",
        f"Critical: {PAPER}: its last crawl ended with exit status 3: nothing found",
        f"On {socket.gethostname()}: genbun status {made.collection.path}",
    ]
    assert (over["new"], [one["kind"] for one in over["over"]]) == ([], ["nothing_found"])
    assert over["over"][0]["since"] == begun["at"]


def test_another_bad_end_is_news_and_the_former_is_not_over(made: Made, hook: Hook, notify: Notify) -> None:
    failed(made, 3, 0.3)
    notify("--to", hook.origin)
    failed(made, 6, 0.2, "refused us")
    notify("--to", hook.origin)
    assert [one["kind"] for one in hook.bodies[1]["new"]] == ["refused"]
    assert hook.bodies[1]["over"] == []
    well(made)
    notify("--to", hook.origin)
    assert [one["kind"] for one in hook.bodies[2]["over"]] == ["refused"]


def test_overdue_refusing_and_drifting(made: Made, hook: Hook, notify: Notify) -> None:
    until = f"{dt.datetime.now(dt.UTC) + DAY:%Y-%m-%dT%H:%M:%SZ}"
    made.run(dt.datetime.now(dt.UTC) - HOUR, closed={HOST: f"{HOST} asks not to be asked before {until}"})
    today = dt.datetime.now(dt.UTC).date()
    for _ in range(40):
        made.editorial(today, byline=None)
    made.write()
    notify("--to", hook.origin, "--every", "0.5")
    assert [one["kind"] for one in hook.bodies[0]["new"]] == ["overdue", "closed", "drift"]


def test_another_robots_txt_is_told_once_and_never_over(made: Made, hook: Hook, notify: Notify) -> None:
    url, now = f"https://{HOST}/robots.txt", dt.datetime.now(dt.UTC)
    made.line(url, now - 3 * DAY, "A")
    made.line(url, now - 2 * DAY, "B")
    made.write()
    notify("--to", hook.origin)
    assert [(one["kind"], one["severity"]) for one in hook.bodies[0]["new"]] == [("robots", "note")]
    made.index.clear()
    made.write()
    assert notify("--to", hook.origin)[1].endswith("nothing new\n")


def test_each_target_by_itself(made: Made, hook: Hook, postbox: Postbox, notify: Notify) -> None:
    failed(made)
    notify("--to", hook.origin)
    status, out, _ = notify("--to", hook.origin, "--to", "mailto:you@example.org")
    assert (status, out) == (
        0,
        f"{hook.origin}/…: nothing new\nmailto:you@example.org: Genbun CRITICAL: editorials: 1 new\n",
    )
    assert (len(hook.bodies), len(postbox.mails())) == (1, 1)


def test_from_the_environment(
    made: Made, hook: Hook, postbox: Postbox, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(made)
    monkeypatch.setenv("GENBUN_NOTIFY", f"{hook.origin}/{SECRET}  mailto:root")
    assert notify()[0] == 0
    assert (len(hook.bodies), postbox.words()) == (1, [["-i", "root"]])


def test_how_the_command_ended(made: Made, hook: Hook, notify: Notify) -> None:
    to = ("--to", hook.origin)
    notify(*to, "--exit", "2")
    assert hook.bodies[0]["new"][0]["text"] == "the crawl's command ended with exit status 2; its log says why"
    assert notify(*to)[1].endswith("nothing new\n"), "how it ended is not known, so nothing is over"
    notify(*to, "--exit", "0")
    assert [one["kind"] for one in hook.bodies[1]["over"]] == ["command"]
    failed(made, 3)
    notify(*to, "--exit", "3")
    assert [one["kind"] for one in hook.bodies[2]["new"]] == ["nothing_found"], "the receipt says it better"
    notify(*to, "--exit", "KILL")
    assert [one["kind"] for one in hook.bodies[3]["new"]] == ["command"]
    assert notify(*to, "--exit", "")[0] == 0
    assert notify(*to, "--exit", "3; rm")[0] == 2


def test_lines_that_cannot_be_read(made: Made, hook: Hook, notify: Notify) -> None:
    failed(made)
    notify("--to", hook.origin)
    articles = made.collection.records / "articles.jsonl"
    before = articles.read_bytes()
    articles.write_bytes(before[:-10])
    notify("--to", hook.origin)
    assert ([one["kind"] for one in hook.bodies[1]["new"]], hook.bodies[1]["over"]) == (["unverified"], [])
    articles.write_bytes(before)
    notify("--to", hook.origin)
    assert ([one["kind"] for one in hook.bodies[2]["over"]], hook.bodies[2]["new"]) == (["unverified"], [])


def test_a_collection_that_is_not_there_any_more(made: Made, hook: Hook, notify: Notify) -> None:
    """A disk that is not mounted; but a folder never heard of is a mistake in the command."""
    assert notify("--to", hook.origin)[0] == 0
    away = made.collection.path.with_name("away")
    made.collection.path.rename(away)
    assert notify("--to", hook.origin)[0] == 0
    assert [one["kind"] for one in hook.bodies[0]["new"]] == ["missing"]
    away.rename(made.collection.path)
    notify("--to", hook.origin)
    assert [one["kind"] for one in hook.bodies[1]["over"]] == ["missing"]
    assert main(["notify", str(away), "--to", hook.origin]) == 2


def test_a_dry_run_tells_and_leaves_nothing(made: Made, hook: Hook, notify: Notify, state: Path) -> None:
    failed(made)
    status, out, _ = notify("--dry-run", "--to", f"{hook.origin}/{SECRET}")
    assert status == 0
    assert out.startswith(f"{hook.origin}/… would be told:\nGenbun CRITICAL: editorials: 1 new\nCritical: ")
    assert notify("--dry-run")[1].startswith("anybody would be told:\n")
    assert hook.asked == []
    assert not state.exists()


# what is remembered -------------------------------------------------------------------------------


def test_the_collection_stays_as_it_is_and_no_secret_is_kept(
    made: Made, hook: Hook, notify: Notify, state: Path
) -> None:
    def all_of() -> list[tuple[str, int]]:
        return [(str(path), path.stat().st_mtime_ns) for path in sorted(made.collection.path.rglob("*"))]

    failed(made)
    before = all_of()
    notify("--to", f"{hook.origin}/{SECRET}")
    assert all_of() == before
    (memory,) = state.glob("*.json")
    assert memory.name.startswith("editorials-")
    assert SECRET.split("/")[1] not in memory.read_text("utf-8")
    assert memory.stat().st_mode & 0o077 == 0
    assert json.loads(memory.read_text("utf-8"))["collection"] == str(made.collection.path)


@pytest.mark.parametrize("left", ["", "{", '{"targets": 3}', '{"targets": {"a": {"b": 1}}}', "[]"])
def test_a_memory_that_is_none_tells_again(made: Made, hook: Hook, notify: Notify, state: Path, left: str) -> None:
    failed(made)
    notify("--to", hook.origin)
    (memory,) = state.glob("*.json")
    memory.write_text(left)
    assert notify("--to", hook.origin)[0] == 0
    assert len(hook.bodies) == 2


def test_where_it_is_remembered(
    made: Made, hook: Hook, notify: Notify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(made)
    assert notify("--to", hook.origin, "--state", str(tmp_path / "given"))[0] == 0
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path / 'service'}:{tmp_path / 'other'}")
    notify("--to", hook.origin)
    assert [len(list((tmp_path / name).glob("*.json"))) for name in ("given", "service")] == [1, 1]
    status, _, err = notify("--to", hook.origin, "--state", str(made.collection.path / "state"))
    assert status == 2
    assert "lies in the collection" in err
    (tmp_path / "file").touch()
    status, _, err = notify("--to", hook.origin, "--state", str(tmp_path / "file" / "x"))
    assert status == 2
    assert "--state DIR" in err


def test_two_at_once_tell_once(made: Made, hook: Hook, state: Path) -> None:
    failed(made)
    command = [*GENBUN, "notify", str(made.collection.path), "--to", hook.origin]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(hook.bodies) == 1


# what goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404, 500, 599])
def test_what_was_not_delivered_is_told_next_time(made: Made, hook: Hook, notify: Notify, status: int) -> None:
    failed(made)
    hook.status = status
    code, out, err = notify("--to", f"{hook.origin}/{SECRET}")
    assert (code, out) == (1, "")
    assert err.startswith(f"genbun: {hook.origin}/… answered {status} (")
    hook.status = 204
    assert notify("--to", f"{hook.origin}/{SECRET}")[0] == 0
    assert [len(body["new"]) for body in hook.bodies] == [1, 1]


def test_one_that_fails_does_not_keep_the_others_from_being_told(
    made: Made, hook: Hook, postbox: Postbox, notify: Notify
) -> None:
    failed(made)
    postbox.fails(75)
    status, _, err = notify("--to", "mailto:you@example.org", "--to", hook.origin)
    assert (status, len(hook.bodies)) == (1, 1)
    assert "sendmail ended with 75 (550 no such user, secret-host); mailto:you@example.org will be told" in err
    postbox.fails(None)
    assert notify("--to", "mailto:you@example.org", "--to", hook.origin)[0] == 0
    assert (len(hook.bodies), len(postbox.mails())) == (1, 2)


def test_no_redirect_is_followed(made: Made, hook: Hook, notify: Notify) -> None:
    failed(made)
    for status in (301, 302, 303, 307, 308):
        hook.status, hook.headers = status, {"Location": f"{hook.origin}/inside"}
        code, _, err = notify("--to", f"{hook.origin}/{SECRET}")
        assert code == 1
        assert f"answered {status}" in err
        assert "redirects are not followed" in err
    assert {path for _, path, _ in hook.asked} == {f"/{SECRET}"}


def test_nobody_there(made: Made, notify: Notify) -> None:
    failed(made)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    status, _, err = notify("--to", f"http://127.0.0.1:{port}/{SECRET}")
    assert status == 1
    assert "could not be reached (Connection refused); it will be told next time" in err


def test_one_that_never_ends_its_answer(made: Made, notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps every single wait short; the whole has an end too."""
    failed(made)
    monkeypatch.setattr(webhook, "ALL", 1.0)
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 30:
                time.sleep(0.1)
                try:
                    connection.send(bytes([byte]))
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    status, _, err = notify("--to", f"http://127.0.0.1:{server.getsockname()[1]}/{SECRET}")
    assert (status, "did not answer within 1 seconds" in err) == (1, True)
    assert time.monotonic() - began < 3
    server.close()


def test_certificates_are_verified(made: Made, notify: Notify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(made)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(context) as hook:
        status, _, err = notify("--to", f"{hook.origin}/{SECRET}")
        assert (status, hook.bodies) == (1, [])
        assert "showed a certificate that does not hold" in err
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert notify("--to", f"{hook.origin}/{SECRET}")[0] == 0
        assert len(hook.bodies) == 1


def test_a_password_in_the_address_becomes_a_header(made: Made, hook: Hook, notify: Notify) -> None:
    failed(made)
    address = hook.origin.replace("http://", "http://user:p%40ss@")
    _, out, _ = notify("--to", f"{address}/hook")
    assert "p%40ss" not in out
    assert hook.asked[0][2]["authorization"] == "Basic dXNlcjpwQHNz"
    assert hook.asked[0][1] == "/hook"


@pytest.mark.parametrize(
    "wrong",
    [
        f"ftp://example.org/{SECRET}", f"file:///etc/{SECRET}", f"https:///{SECRET}", f"http://[::1/{SECRET}", SECRET,
        f"https://example.org/{SECRET}\nX: y", f"https://example.org/{SECRET} ", f"https://example.org:x/{SECRET}", "",
        f"https://example.org/é{SECRET}", "mailto:", "mailto:-oQ/tmp", "mailto:a@b,c@d", "mailto:a@b?subject=x",
        "mailto:a@b%0aBcc:c@d", "mailto:a b@c", "mailto:a@-b", "mailto:<a@b>", "mailto:a@b\n",
    ],
)  # fmt: skip
def test_targets_that_are_none(made: Made, notify: Notify, wrong: str) -> None:
    with pytest.raises(UsageError) as raised:
        target_of(wrong)
    assert SECRET not in str(raised.value)
    assert notify("--to", wrong)[0] == 2


def test_no_target(made: Made, notify: Notify) -> None:
    status, _, err = notify()
    assert status == 2
    assert "GENBUN_NOTIFY" in err


def test_a_target_shows_no_secret() -> None:
    for address in (f"https://u:p@hooks.example/{SECRET}?x#y", f"http://[::1]:8080/{SECRET}"):
        target = target_of(address)
        assert isinstance(target, Webhook)
        assert SECRET not in repr(target) + target.name + target.digest
    assert target_of("http://[::1]:8080/x").name == "http://[::1]:8080/…"
    assert target_of("mailto:you%2Bcron@example.org") == Mailbox("you+cron@example.org", "mailto:you+cron@example.org")


# mail ---------------------------------------------------------------------------------------------


def test_a_mail(made: Made, postbox: Postbox, notify: Notify) -> None:
    failed(made, message="見出しがない: no editorial")
    assert notify("--to", "mailto:you@example.org")[0] == 0
    (mail,) = postbox.mails()
    assert postbox.words() == [["-i", "you@example.org"]]
    assert (mail["To"], mail["Subject"]) == ("you@example.org", "Genbun CRITICAL: editorials: 1 new")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "見出しがない" in mail.get_content()
    raw = (postbox.folder / "mail-0").read_bytes()
    assert raw.isascii()
    assert b"\r" not in raw


def test_no_header_can_be_added() -> None:
    at = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
    title = "社説\r\nBcc: all@example.org\n\nbody \udc80"
    raw = mail_of(Mailbox("you@example.org", ""), title, "text\n.\nFrom x\n\ud800", at)
    head = raw.partition(b"\n\n")[0]
    assert b"\nBcc:" not in head
    assert b"=?utf-8?" in head
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 100
    assert {line.partition(b":")[0] for line in head.splitlines() if not line.startswith(b" ")} == {
        b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Type", b"Content-Transfer-Encoding",
        b"MIME-Version",
    }  # fmt: skip


def test_without_sendmail(made: Made, notify: Notify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failed(made)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("crawler.notice.mail.FOLDERS", (str(tmp_path / "sbin"),))
    status, _, err = notify("--to", "mailto:you@example.org")
    assert status == 1
    assert "there is no sendmail on PATH" in err


# words --------------------------------------------------------------------------------------------


def test_words_of_others_are_plain() -> None:
    said = "<!channel> \x1b[31mred\u202e\n\nOver: fake " + "x" * 5000
    concerns = tuple(Concern("failed", "a", said, str(n)) for n in range(30))
    notice = Notice("/srv/a\nb", dt.datetime.now(dt.UTC), "CRITICAL", concerns, ())
    lines = notice.text.splitlines()
    assert len(lines) == 1 + 20 + 1 + 1
    assert lines[1].startswith("Critical: a: ‹!channel› [31mred Over: fake xxx")
    assert max(map(len, lines)) <= LONGEST + 20
    assert lines[-2] == "… and 10 more"
    assert "\n" not in notice.title
    assert len(notice.as_json()["new"]) == 30
