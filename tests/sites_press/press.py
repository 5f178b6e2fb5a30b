"""The press: which resource answers which address of the two newspapers, and `truth()`, what a right crawl must give.

press = Press(sitemap=True, rest=False, feed=True)
press.answer("japan-forward.com", "/feed/")           -> wire.Resource
press.addresses()                                     -> every address that has a resource of its own
python -m tests.sites_press.press                     -> writes truth.json anew
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from . import jf, jf_rest, sankei, truths
from .model import BARE, CDN, FORWARD, SANKEI
from .posts import posts
from .wire import Reply, Resource, redirect, reply

HOSTS = (FORWARD, CDN, SANKEI, BARE)
TRUTH = Path(__file__).parent / "truth.json"
MISDIRECTED = Resource(421, (("Content-Type", "text/plain"),), b"no such newspaper here\n")


@dataclass(frozen=True)
class Press:
    """Both newspapers, with the sitemap, REST and the feeds of JAPAN Forward there or not."""

    sitemap: bool = True
    rest: bool = False
    feed: bool = True
    sites: Mapping[str, jf.Site] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sites = {FORWARD: jf.forward(self.sitemap, self.feed), CDN: jf.cdn(), SANKEI: sankei.sankei()}
        decoded = {
            host: {_decoded(target): resource for target, resource in site.items()} for host, site in sites.items()
        }
        object.__setattr__(self, "sites", decoded)

    def answer(self, host: str, target: str) -> Resource:
        """The resource at a host's path and query. A query means something only where one was registered."""
        path, _, query = target.partition("?")
        if host == BARE:
            return redirect(f"https://{SANKEI}{target}")
        if host not in self.sites:
            return MISDIRECTED
        if host == FORWARD and path.startswith("/wp-json"):
            return jf_rest.answer(posts(), path, query) if self.rest else jf_rest.disabled()
        site = self.sites[host]
        found = site.get(_decoded(target)) or site.get(_decoded(path))
        if path == "/" and query.startswith(("p=", "s=", "feed=")) and _decoded(target) not in site:
            found = None
        return found or (sankei.not_found() if host == SANKEI else jf.not_found())

    def reply(self, host: str, target: str, asked: Mapping[str, str]) -> Reply:
        """What goes on the wire; `asked` holds the request's headers under lower-case names."""
        return reply(self.answer(host, target), asked)

    def addresses(self) -> list[str]:
        """Every address with a resource of its own; REST's, and sankei.com's redirects, are not listed."""
        return [f"https://{host}{target}" for host, site in sorted(self.sites.items()) for target in sorted(site)]


def truth() -> dict[str, Any]:
    """What a right crawl must give; the same whichever way the editorials were found."""
    return truths.truth()


def written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _decoded(target: str) -> str:
    """Percent-encoding and its case do not matter to a server."""
    return unquote(target)


if __name__ == "__main__":
    TRUTH.write_text(written(truth()), encoding="utf-8")
