"""What is no article: challenges, error pages, logins, listings, empty shells; each raises `ParseError` and its reason.

`refuse_challenge` is asked first: those pages are never articles. `refuse` is asked where no article was found, and
always raises: it says what the page is instead.
"""

from __future__ import annotations

import re
from typing import NoReturn

from lxml.etree import _Element as Element

from crawler.errors import ParseError
from crawler.html import find, headings, json_ld, meta, node_of_type, text

# What the waiting rooms of Cloudflare, Akamai, Imperva, DataDome, PerimeterX and AWS say in title or heading …
CHALLENGE_WORDS = re.compile(
    r"^(?:just a moment|attention required|checking your browser|one moment, please|please wait\b.{0,40}verif"
    r"|verify(?:ing)? (?:you are|that you are)|are you (?:a )?(?:human|robot)|access (?:to this page has been )?denied"
    r"|access denied|pardon our interruption|security (?:check|challenge)|robot (?:check|challenge)|human verification"
    r"|bot verification|ddos protection|ddos-guard|please enable (?:js|javascript|cookies)|sorry, you have been blocked"
    r"|ロボットではない|アクセスが(?:拒否|制限)|セキュリティ(?:チェック|確認))",
    re.IGNORECASE,
)
# … and what they are built of.
CHALLENGE_PARTS = re.compile(
    r"/cdn-cgi/challenge-platform|cf-chl-|_cf_chl_opt|challenge-form|challenge-error-text|cf-turnstile|px-captcha"
    r"|captcha-delivery|_incapsula_resource|sec-if-cpt|aws-waf-token|awswafcaptcha|h-captcha|g-recaptcha",
    re.IGNORECASE,
)
CONSENT_WORDS = re.compile(
    r"^(?:before you continue|we value your privacy|your privacy(?: choices)?$|cookie consent|consent to cookies"
    r"|privacy (?:preference|settings)|we use cookies)",
    re.IGNORECASE,
)
LOGIN_WORDS = re.compile(r"^(?:log ?in|sign ?in|ログイン|会員ログイン|産経iD)", re.IGNORECASE)
ERROR_WORDS = re.compile(
    r"^\W*(?:error )?(?:40\d|410|50\d)(?:$|\W*$|\W+(?:[-|:–]|error|page|not|forbidden|bad|gone|internal|service))"
    r"|^.{0,30}\bnot found\b|page (?:can.?t|cannot) be (?:found|displayed)|nothing (?:was )?found|bad gateway"
    r"|service (?:temporarily )?unavailable|internal server error|under maintenance"
    r"|(?:ページ|記事)(?:が|は)(?:見つかりません|存在しません|ありません|削除)|お探しの(?:ページ|記事)|掲載(?:期間が)?終了"
    r"|^エラー|メンテナンス中",
    re.IGNORECASE,
)
LISTING_CLASSES = frozenset({"archive", "category", "tag", "author", "search", "home", "blog", "error404", "date"})
A_FEW_WORDS = 1500  # characters a waiting room may have; a page with more is a page
MANY_PARAGRAPHS = 8
NO_WORDS = 40


def refuse_challenge(root: Element) -> None:
    """Raise "challenge" where the page is a waiting room or a block page: by its title, or by what it is built of."""
    title = _title(root)
    if CHALLENGE_WORDS.match(title):
        raise ParseError("", "challenge", f"the page says {title[:80]!r}")
    if CONSENT_WORDS.match(title):
        raise ParseError("", "challenge", f"a consent wall: {title[:80]!r}")
    body = root.find("body")
    if body is None or _is_a_page(root) or len(text(body)) > A_FEW_WORDS or not _has_parts(root):
        return
    raise ParseError("", "challenge", "a page that is little more than a bot check")


def _is_a_page(root: Element) -> bool:
    """Whether there is an `article` or a good many paragraphs: waiting rooms have neither (and asking is cheap)."""
    return next(root.iter("article"), None) is not None or sum(1 for _ in root.iter("p")) > MANY_PARAGRAPHS


def _has_parts(root: Element) -> bool:
    """Whether a bot check's scripts or marks are in the page; a comment form may have a captcha, too."""
    marks = (value for tag in root.iter("script", "form", "div", "span", "meta") for value in tag.attrib.values())
    scripts = (script.text or "" for script in root.iter("script"))
    return any(CHALLENGE_PARTS.search(str(mark)[:2000]) for mark in (*marks, *scripts))


def refuse(root: Element, detail: str = "neither headline nor text of an article") -> NoReturn:
    """Say what a page is that is no article: a consent wall, a login, an error, a listing, an empty shell."""
    title, seen = _title(root), text(root.find("body"))
    heading = text(next((h for h in headings(root, "h1", "h2") if text(h)), None))
    said = next((words for words in (title, heading) if words), seen[:80])
    if CONSENT_WORDS.match(heading):
        raise ParseError("", "challenge", f"a consent wall: {said[:80]!r}")
    if find(root, "//input[@type='password']") or LOGIN_WORDS.match(title):
        raise ParseError("", "not_an_article", f"a login page: {said[:80]!r}")
    if is_error(root):
        raise ParseError("", "not_an_article", f"an error page: {said[:80]!r}")
    if is_listing(root):
        raise ParseError("", "not_an_article", f"a listing: {said[:80]!r}")
    if len(seen) < NO_WORDS or declares_article(root):
        raise ParseError(
            "", "no_body", f"{len(seen)} characters to be seen, none of them an article's text: {said[:80]!r}"
        )
    raise ParseError("", "not_an_article", f"{detail}: {said[:80]!r}")


def is_error(root: Element) -> bool:
    """Whether title, heading or the body's class say that there is no such page."""
    body = root.find("body")
    classes = (body.get("class") or "").lower().split() if body is not None else []
    return "error404" in classes or (bool(ERROR_WORDS.search(_title(root))) and not declares_article(root))


def is_listing(root: Element) -> bool:
    """Whether the page says of itself that it lists: the classes WordPress gives its body, JSON-LD, og:type."""
    body = root.find("body")
    classes = set((body.get("class") or "").lower().split()) if body is not None else set()
    if classes & LISTING_CLASSES and not classes & {"single", "single-post", "page"}:
        return True
    nodes = json_ld(root)
    listing = node_of_type(nodes, "CollectionPage", "SearchResultsPage", "ItemList")
    return not declares_article(root) and (listing is not None or meta(root, "og:type") == "website")


def declares_article(root: Element) -> bool:
    """Whether JSON-LD or OpenGraph call the page an article."""
    kinds = ("NewsArticle", "Article", "BlogPosting", "OpinionNewsArticle", "ReportageNewsArticle")
    return node_of_type(json_ld(root), *kinds) is not None or meta(root, "og:type") == "article"


def _title(root: Element) -> str:
    return text(next(root.iter("title"), None))
