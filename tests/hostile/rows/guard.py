"""Rows: redirects, names and certificates that would lead us elsewhere."""

from __future__ import annotations

from typing import Final

from tests.hostile.plays import moves
from tests.hostile.press import PUBLIC
from tests.hostile.row import CLOSED, ORIGINAL, OUTSIDE, VICTIM, Names, Row


def _to(url: str) -> Row:
    what = f"a redirect to {url}"
    return Row(what, "editorial", moves(url), "302", line="problem failed where it leads", also={url: OUTSIDE})


REDIRECTS: Final = (
    Row("a redirect to itself", "editorial", moves(VICTIM), kept="302", line="problem failed"),
    Row("a redirect to file:///etc/passwd", "editorial", moves("file:///etc/passwd"), kept="302",
        line="problem failed"),
    Row("a redirect to file:///etc/passwd", "image", moves("file:///etc/passwd"), kept="302"),
    _to("http://169.254.169.254/latest/meta-data/"),
    _to("https://[::1]/"),
    _to("https://elsewhere.example/"),
    Row("a redirect to https://user:secret@herald.example/", "editorial", moves("https://user:secret@herald.example/"),
        kept="302", line="problem failed"),
    Row("a redirect to http://127.0.0.1, where the press listens", "original", moves("http://127.0.0.1:{port}/"),
        kept="302", line="not_captured, problem failed where it leads",
        also={"http://127.0.0.1:{port}/": OUTSIDE}),
    Row("a redirect to http:, where the same is said", "editorial", moves(VICTIM.replace("https:", "http:")),
        kept="302", line="problem failed where it leads", also={VICTIM.replace("https:", "http:"): "fetched"}),
    Row("a redirect to an address that redirects back", "editorial", moves(VICTIM.removesuffix("/")),
        kept="302", line="problem failed"),
    Row("a redirect to an address that redirects back", "original", moves(ORIGINAL.removesuffix("/")),
        kept="302", line="unreadable"),
)  # fmt: skip

NAMES: Final = (
    Row("a name that is 127.0.0.1", "robots of images", names=Names((("127.0.0.1",),)),
        kept="no answer (guard)", outcome="failed: address_not_public", rest=CLOSED),
    Row("a name that is ::ffff:10.0.0.1", "robots of images", names=Names((("::ffff:10.0.0.1",),)),
        kept="no answer (guard)", outcome="failed: address_not_public", rest=CLOSED),
    Row("a name that is public and 169.254.169.254", "robots of images",
        names=Names(((PUBLIC, "169.254.169.254"),), public=(PUBLIC,)),
        kept="no answer (guard)", outcome="failed: address_not_public", rest=CLOSED),
    Row("a name that is public, and 127.0.0.1 at the next look-up", "image",
        names=Names(((PUBLIC,), ("127.0.0.1",)), public=(PUBLIC,)),
        kept="no answer (guard)", outcome="failed: address_not_public", rest="failed: address_not_public"),
    Row("a public name that answers from an address that is not", "robots of images",
        names=Names((("127.0.0.78",),), public=("127.0.0.78",)),
        kept="no answer (guard)", outcome="failed: address_not_public", rest=CLOSED),
    Row("a name that is none", "robots of images", names=Names(((),)),
        kept="2 × no answer (resolve)", outcome="failed: resolve", rest=CLOSED),
)  # fmt: skip

CERTIFICATES: Final = (
    Row("a certificate that has expired", "robots of originals", door="expired",
        kept="no answer (tls)", outcome="failed: certificate", line="refused", others="refused", rest=CLOSED),
    Row("a certificate that has expired, from the second connection on", "original", door="expired later",
        kept="no answer (tls)", outcome="failed: certificate", rest="failed: certificate",
        line="not_captured, problem failed", others="not_captured"),
    Row("a certificate for another host", "robots", door="another host's",
        kept="no answer (tls)", outcome="failed: certificate", line="", others="none", exit=3, says="certificate"),
    Row("a self-signed certificate", "robots of images", door="self-signed",
        kept="no answer (tls)", outcome="failed: certificate", rest=CLOSED),
    Row("a certificate of an authority nobody knows", "robots of images", door="unknown authority",
        kept="no answer (tls)", outcome="failed: certificate", rest=CLOSED),
)  # fmt: skip
