"""What is no article: challenges, consent walls, logins, errors, listings, empty shells; each raises `ParseError`.

`refuse_challenge` is asked first: those pages are never articles. `refuse` is asked where no article was found, and
always raises: it says what the page is instead. `instead_of` gives that back in a word from a problem's line, and
`wall_of` says of a listing's answer whether a challenge or a consent wall came in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NoReturn

from lxml.etree import _Element as Element

from crawler.errors import ParseError
from crawler.html import document, find, headings, json_ld, meta, node_of_type, text
from crawler.text import fold

# What the waiting rooms of Cloudflare, Akamai, Imperva, DataDome, PerimeterX and AWS say in title or heading …
CHALLENGE_WORDS = re.compile(
    r"^(?:just a moment|attention required|checking your browser|one moment, please|please wait\b.{0,40}verif"
    r"|verify(?:ing)? (?:you are|that you are)|are you (?:a )?(?:human|robot)|access (?:to this page has been )?denied"
    r"|access denied|pardon our interruption|security (?:check|challenge)|robot (?:check|challenge)|human verification"
    r"|bot verification|ddos protection|ddos-guard|please enable (?:js|javascript|cookies)|sorry, you have been blocked"
    r"|javascript is disabled|request unsuccessful"
    r"|ロボットではない|アクセスが(?:拒否|制限)|セキュリティ(?:チェック|確認))",
    re.IGNORECASE,
)
# … what they say anywhere, where they have no title of their own …
CHALLENGE_SENTENCES = re.compile(
    r"javascript is disabled.{0,200}not a robot|unusual traffic from your (?:computer )?network"
    r"|request unsuccessful\. incapsula incident|incapsula incident id|enable js and disable any ad blocker"
    r"|press (?:& |and )?hold to confirm|verify(?:ing)? (?:that )?you(?:'|’| a)re (?:not a robot|(?:a )?human)"
    r"|checking if the site connection is secure|to review the security of your connection"
    r"|complete the (?:security check|captcha)|通常と異なるトラフィック|ロボットではない(?:こと|ことを)",
    re.IGNORECASE,
)
# … and what they are built of.
CHALLENGE_PARTS = re.compile(
    r"/cdn-cgi/challenge-platform|cf-chl-|_cf_chl_opt|challenge-form|challenge-error-text|cf-turnstile|px-captcha"
    r"|captcha-delivery|_incapsula_resource|sec-if-cpt|aws-waf-token|awswafcaptcha|h-captcha|g-recaptcha"
    r"|token\.awswaf\.com|gokuprops|challenge-container|captcha\.px-cdn",
    re.IGNORECASE,
)
CONSENT_WORDS = re.compile(
    r"^(?:before you continue|we value your privacy|your privacy(?: choices)?$|cookie consent|consent to cookies"
    r"|privacy (?:preference|settings)|we use cookies"
    r"|(?:当(?:ウェブ)?サイト(?:で|に).{0,8})?(?:cookie|クッキー)(?:[（(][^）)]{1,10}[）)])?(?:等|など)?(?:の|を|に関する|への)?"
    r"(?:利用|使用|取得|取り?扱い|同意|設定)|プライバシー(?:に関する)?設定|個人情報の取り?扱いに関する同意)",
    re.IGNORECASE,
)
# A wall that says so on its button alone.
CONSENT_BUTTON = re.compile(
    r"(?:すべて|全て)?(?:の(?:cookie|クッキー)を?)?(?:に)?同意(?:する|して(?:続ける|閲覧する|進む))|(?:すべて|全て)許可(?:する)?"
    r"|(?:accept|agree)(?: (?:all|to all|and (?:continue|close|proceed)))?(?: cookies)?|(?:i|yes, i) (?:agree|accept)",
    re.IGNORECASE,
)
CONSENT_MATTER = re.compile(r"cookie|クッキー|privacy|プライバシー|個人情報", re.IGNORECASE)
LOGIN_WORDS = re.compile(r"^(?:log ?in|sign ?in|ログイン|会員ログイン|産経iD)", re.IGNORECASE)
ERROR_WORDS = re.compile(
    r"^\W*(?:error )?(?:40\d|410|50\d)(?:$|\W*$|\W+(?:[-|:–]|error|page|not|forbidden|bad|gone|internal|service))"
    r"|^.{0,30}\bnot found\b|page (?:can.?t|cannot) be (?:found|displayed)|nothing (?:was )?found|bad gateway"
    r"|service (?:temporarily )?unavailable|internal server error|under maintenance"
    r"|(?:ページ|記事)(?:が|は)(?:見つかりません|存在しません|ありません|削除)|お探しの(?:ページ|記事)|掲載(?:期間が)?終了"
    r"|^エラー|メンテナンス中",
    re.IGNORECASE,
)
NEEDS_JAVASCRIPT = re.compile(
    r"(?:enable|turn on|activate|requires?|needs?|without) (?:your )?javascript|javascript (?:is|must be|to be) "
    r"|javascript\s?(?:を|が)\s?(?:有効|オン|ON|必要|無効|使用)",
    re.IGNORECASE,
)
APP_ROOTS = ("root", "app", "__next", "__nuxt", "___gatsby", "react-root", "app-root", "fusion-app")
LISTING_CLASSES = frozenset({"archive", "category", "tag", "author", "search", "home", "blog", "error404", "date"})
A_FEW_WORDS = 1500  # characters a waiting room may have; a page with more is a page
MANY_PARAGRAPHS = 8
NO_WORDS = 40
MOST_LOOKED_AT = 200  # buttons: one within the other, they would take time as the square of their number
LARGEST_WALL = 512 * 1024

#: How a problem's detail begins, and the word for what came instead of an article.
INSTEAD: Final = {
    "a consent wall": "consent_wall",
    "a login page": "login_page",
    "an empty shell": "empty_shell",
    "an error page": "error_page",
    "a listing": "listing",
}
#: The reason of a problem whose word is another one.
REASONS: Final = {
    "consent_wall": "challenge",
    "login_page": "not_an_article",
    "empty_shell": "no_body",
    "error_page": "not_an_article",
    "listing": "not_an_article",
}
#: What the site puts before its pages; no reader would get behind it.
WALLS: Final = ("challenge", "consent_wall", "login_page")
_NAMED = re.compile(rf"(?:(['\"]).{{0,500}}?\1: )?({'|'.join(INSTEAD)}): ")
_HTML = re.compile(rb"<!doctype html|<html\b", re.IGNORECASE)


def instead_of(reason: str, detail: str) -> str:
    """What came instead of an article: `challenge`, or a word of `INSTEAD`; the reason itself where it says enough."""
    found = _NAMED.match(detail)
    word = INSTEAD[found[2]] if found else reason
    return word if REASONS.get(word, reason) == reason else reason


def wall_of(body: bytes) -> str:
    """`challenge` or `consent_wall` where one came in place of a listing; empty where none did."""
    if len(body) > LARGEST_WALL or not _HTML.search(body[:1000]):
        return ""
    try:
        refuse_challenge(document(body))
    except ParseError as error:
        return instead_of(error.reason, error.detail) if error.reason == "challenge" else ""
    return ""


def refuse_challenge(root: Element) -> None:
    """Raise "challenge" where the page is a waiting room, a block page or a consent wall: by its title, or by what it
    says and is built of, where it has little else."""
    title = _title(root)
    if _is_all(CHALLENGE_WORDS, title, root):
        raise ParseError("", "challenge", f"the page says {title[:80]!r}")
    if _is_all(CONSENT_WORDS, title, root):
        raise ParseError("", "challenge", f"a consent wall: {title[:80]!r}")
    if root.find("body") is None or _is_a_page(root) or declares_article(root):
        return
    words = _words(root)
    if said := CHALLENGE_SENTENCES.search(words) if len(words) <= A_FEW_WORDS else None:
        raise ParseError("", "challenge", f"the page says {said[0][:80]!r}")
    if len(words) <= A_FEW_WORDS and _has_parts(root):
        raise ParseError("", "challenge", "a page that is little more than a bot check")


def _is_all(words: re.Pattern[str], title: str, root: Element) -> bool:
    """Whether a title begins so; "Security Challenges in the Strait" of a page that declares an article does not."""
    found = words.match(title)
    return found is not None and (not re.search(r"\w", title[found.end() :]) or not declares_article(root))


def _words(root: Element) -> str:
    """All that the page says, in forms, frames and `noscript` too."""
    unread = ("script", "style", "template", "head")
    return fold(" ".join(_pieces(root.find("body"), unread)))


def _pieces(element: Element | None, without: tuple[str, ...]) -> Iterator[str]:
    if element is None:
        return
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in without and node.text:
            yield node.text
        if node.tail and node is not element:
            yield node.tail


def _is_a_page(root: Element) -> bool:
    """Whether there is an `article` or a good many paragraphs: waiting rooms have neither (and asking is cheap)."""
    return next(root.iter("article"), None) is not None or sum(1 for _ in root.iter("p")) > MANY_PARAGRAPHS


def _has_parts(root: Element) -> bool:
    """Whether a bot check's scripts or marks are in the page; a comment form may have a captcha, too."""
    tags = root.iter("script", "form", "div", "span", "meta", "iframe")
    marks = (value for tag in tags for value in tag.attrib.values())
    scripts = (script.text or "" for script in root.iter("script"))
    return any(CHALLENGE_PARTS.search(str(mark)[:2000]) for mark in (*marks, *scripts))


def refuse(root: Element, detail: str = "neither headline nor text of an article") -> NoReturn:
    """Say what a page is that is no article: a consent wall, a login, an error, an empty shell, a listing."""
    title, seen = _title(root), text(root.find("body"))
    heading = text(next((h for h in headings(root, "h1", "h2") if text(h)), None))
    said = next((words for words in (title, heading) if words), seen[:80])
    if CONSENT_WORDS.match(heading) or _is_consent_wall(root):
        raise ParseError("", "challenge", f"a consent wall: {said[:80]!r}")
    if find(root, "//input[@type='password']") or LOGIN_WORDS.match(title):
        raise ParseError("", "not_an_article", f"a login page: {said[:80]!r}")
    if is_error(root):
        raise ParseError("", "not_an_article", f"an error page: {said[:80]!r}")
    if _is_shell(root):
        raise ParseError("", "no_body", f"an empty shell: {len(seen)} characters to be seen: {said[:80]!r}")
    if is_listing(root):
        raise ParseError("", "not_an_article", f"a listing: {said[:80]!r}")
    if len(seen) < NO_WORDS or declares_article(root):
        raise ParseError(
            "", "no_body", f"{len(seen)} characters to be seen, none of them an article's text: {said[:80]!r}"
        )
    raise ParseError("", "not_an_article", f"{detail}: {said[:80]!r}")


def _is_consent_wall(root: Element) -> bool:
    """Whether a page of a few words speaks of cookies or privacy, and has a button to agree with that."""
    if _is_a_page(root) or declares_article(root):
        return False
    words = _words(root)
    if len(words) > A_FEW_WORDS or not CONSENT_MATTER.search(words):
        return False
    return any(CONSENT_BUTTON.fullmatch(label) for label in _buttons(root))


def _buttons(root: Element) -> Iterator[str]:
    for button in islice(root.iter("button", "a", "input"), MOST_LOOKED_AT):
        yield fold(button.get("value") or "" if button.tag == "input" else "".join(button.itertext()))


def _is_shell(root: Element) -> bool:
    """Whether the page has no words, or few and no headline, and waits for a script that brings them."""
    words = _words(root)
    has_headline = bool(find(root, "//h1[not(ancestor::header or ancestor::nav) and normalize-space()]"))
    if len(words) < NO_WORDS:
        return not (has_headline and is_listing(root))
    if len(words) > A_FEW_WORDS or has_headline:
        return False
    return _has_empty_app(root) or bool(NEEDS_JAVASCRIPT.search(words))


def _has_empty_app(root: Element) -> bool:
    apps = (app for app in root.iter("div", "main") if (app.get("id") or "").lower() in APP_ROOTS)
    return any(not "".join(app.itertext()).strip() for app in islice(apps, MOST_LOOKED_AT))


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
