"""Pages for the tests of the general extractor: one that needs it, and many that only look as if they did."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import re

from tests.readers.layouts import Story, gutenberg

ITEMS = [
    ("paragraph", "The harbor wall at Kitahama was raised by two meters after the storm of last autumn. It held in June."),
    ("heading", "A Wall Is Not a Plan"),
    ("paragraph", "Towns along the coast have asked for the same, and the prefecture has said that it will look into costs."),
    ("paragraph", "It should look further. A harbor needs people who know when to leave it, and roads that take them away."),
    ("paragraph", "Drills have become rare, and those who remember the last flood are old. Their knowledge should be asked for."),
    ("paragraph", "The government has the money for concrete. It should find the little that a good warning costs as well."),
]  # fmt: skip
STORY = Story("Society", "EDITORIAL | Raise the Harbor Wall, and Teach People When to Leave", None,
              "The harbor wall at Kitahama. (© Sankei by Aya Tsukuda)", ITEMS)  # fmt: skip
TEXTS = [words for _, words in ITEMS]
SIGNALS = "trafilatura"


def renamed(page: str) -> str:
    """Every class and id is another."""
    return re.sub(
        r'\b(class|id)="([^"]*)"',
        lambda found: f'{found[1]}="{" ".join("x" + str(len(n)) + n[:1] for n in found[2].split())}"',
        page,
    )


def in_a_form(page: str) -> str:
    """The page as older servers set theirs: all of its body is one form, where no reader of ours looks for words."""
    return page.replace("<main>", '<form action="/page.aspx" method="post"><table><tr><td>').replace(
        "</main>", "</td></tr></table></form>"
    )


def without_graph(page: str) -> str:
    """The structured data are gone but for OpenGraph."""
    page = re.sub(r'<script type="application/ld\+json">.*?</script>', "", page, flags=re.DOTALL)
    return page.replace(
        "<title>",
        f'<meta property="og:type" content="article"><meta property="og:title" content="{STORY.headline}"><title>',
    )


PAGE = in_a_form(without_graph(renamed(gutenberg(STORY))))


def shell(body: str, head: str = "", title: str = STORY.headline, kind: str = "article") -> str:
    """A page that declares itself an article and holds something else."""
    return f'<!DOCTYPE html><html><head><title>{title}</title><meta property="og:type" content="{kind}"><meta property="og:title" content="{STORY.headline}">{head}</head><body>{body}</body></html>'


SENTENCES = "".join(f"<p>{words}</p>" for words in TEXTS)
COOKIES = (
    "<p>We use cookies and similar technologies. Some are needed so that the harbor of your settings works, others help us understand how people move about.</p>"
    * 6
)
SUBSCRIBE = (
    "<p>Subscribe now to read this article on the harbor wall. Create an account, or log in. Your first month is free. You can leave whenever you want.</p>"
    * 6
)
TEASERS = "".join(
    f'<li><a href="/other-{n}/">Another editorial on harbors and walls, number {n}, whose summary goes on for some time. It ends here.</a></li>'
    for n in range(20)
)
LOREM = (
    "<p>Weather in the north is fine today. Markets closed a little higher than before. Trains run as they should. Nothing else has been heard from anywhere.</p>"
    * 6
)
NOT_ARTICLES = {
    "app shell": shell('<div id="root"></div><script src="/app.js"></script>'),
    "app shell with a note": shell('<div id="root"></div><noscript>' + "<p>You need to enable JavaScript to read about the harbor wall. Please do so.</p>" * 9 + "</noscript>"),
    "app shell that speaks": shell("<form>" + "<p>Please enable JavaScript to read about the harbor wall. This page does not work without. It is a pity.</p>" * 9 + "</form>"),
    "challenge": shell(f"<form>{SENTENCES}</form>", title="Just a moment..."),
    "consent wall": shell(f"<form><h1>We value your privacy</h1>{COOKIES}</form>"),
    "cookie words": shell(f"<form><h1>{STORY.headline}</h1>{COOKIES}</form>"),
    "paywall words": shell(f"<form><h1>{STORY.headline}</h1>{SUBSCRIBE}</form>"),
    "login": shell(f'<form><h1>{STORY.headline}</h1>{SENTENCES}<input type="password" name="p"></form>'),
    "login by its title": shell(f"<form>{SENTENCES}</form>", title="Log in | JAPAN Forward"),
    "error": shell(f"<form><h1>Page not found</h1>{SENTENCES}</form>"),
    "list of links": shell(f"<form><h1>{STORY.headline}</h1><ul>{TEASERS}</ul></form>"),
    "listing by its data": shell(f"<form>{SENTENCES}</form>", '<script type="application/ld+json">{"@type":"CollectionPage"}</script>'),
    "listing by its body": shell(f"<form>{SENTENCES}</form>").replace("<body>", '<body class="archive category">'),
    "no article by its own word": shell(f"<form><h1>{STORY.headline}</h1>{SENTENCES}</form>", kind="website"),
    "no headline": shell(f"<form>{SENTENCES}</form>").replace("og:title", "og:other"),
    "something else": shell(f"<form><h1>{STORY.headline}</h1>{LOREM}</form>"),
    "too short": shell(f"<form><h1>{STORY.headline}</h1><p>{TEXTS[0]}</p><p>{TEXTS[2]}</p></form>"),
    "no sentences": shell(f"<form><h1>{STORY.headline}</h1>" + "<p>Harbor walls of the north and of the south, a list, part, and more of it, and so on</p>" * 12 + "</form>"),
}  # fmt: skip
