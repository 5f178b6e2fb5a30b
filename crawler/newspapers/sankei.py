"""The Sankei Shimbun: its editorial column 主張, and whatever else JAPAN Forward translates.

A page of today (Arc, since June 2021) holds its story twice, as `Fusion.globalContent` and in
`article.article-wrapper`; either is enough, both are checked against each other. Pages of 2014 to 2021 have a reader of
their own below.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.dates import JST, day_in_japan, read_instant
from crawler.errors import ParseError
from crawler.html import has_class, one, said, text
from crawler.layers import arc, fallback
from crawler.layers.page import Page
from crawler.layers.shell import refuse
from crawler.layers.story import PAGE_OF, Story, goes_on, in_japan, modified
from crawler.layers.story import access as access_of
from crawler.layers.story import section as section_of
from crawler.models import Article, Kind, Parser
from crawler.newspapers.newspaper import Found, Listings, Newspaper
from crawler.text import Headline, digest_of, split_headline, text_of

VERSION = 2
ORIGIN = "https://www.sankei.com"
NAMES = (
    "産経ニュース", "産経新聞社", "産経新聞", "産経デジタル", "産經新聞", "SANKEI DIGITAL INC", "The Sankei Shimbun",
    "Sankei Shimbun", "Sankei Digital", "Sankei",
)  # fmt: skip
SITE_NAMES = ("産経ニュース", "産経新聞：産経ニュース", "産経新聞")
# `/article/20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU/`, with `2/` or `photo/…/` behind it; before June 2021
# `/column/news/180809/clm1808090002-n1.html` (`-n2` is its second page, `-c` its print form).
ARTICLE_PATH = re.compile(r"^/article/(\d{8})-([0-9A-Z]{26})(?=/|$)")
OLD_PATH = re.compile(r"^(/[\w/-]+/)([a-z]{3}\d{10})-(n\d+|c)\.html?$")
NOISE = re.compile(r"^(?:ownedutm_|utm_|outputType$|fbclid$|gclid$|yclid$|ref$|_ga$)", re.IGNORECASE)
COMPANY = re.compile(
    r"(?:産経|産經)(?:新聞社?|ニュース|デジタル)|産経新聞：産経ニュース|SANKEI DIGITAL INC\.?|(?:The )?Sankei Shimbun",
    re.IGNORECASE,
)
MARKS = "【】＜＞〈〉<>《》［］[] "
OLD_PAGE = f"//*[@id='__r_article_title__'] | //*[{has_class('post_content')}]/p"
EDITORIAL_LABELS = ("主張", "年のはじめに")  # on 1 January the chief editorial writer's 年のはじめに stands in for 主張


def canonical(url: str) -> str:
    """One address for a page: https, www, the trailing slash; no noise, no AMP, no page number, no photo.

    Addresses of before 2021 keep their form (`…-n1.html`): what they became cannot be computed.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    if not host:
        return url
    host = "www.sankei.com" if host == "sankei.com" else host
    path = re.sub(r"/{2,}", "/", parts.path) or "/"
    if host == "www.sankei.com" and (found := ARTICLE_PATH.match(path)):
        return f"{ORIGIN}/article/{found[1]}-{found[2]}/"
    if host == "www.sankei.com" and (found := OLD_PATH.match(path)):
        return f"{ORIGIN}{found[1]}{found[2]}-{'c' if found[3] == 'c' else 'n1'}.html"
    path = path if path.endswith("/") or "." in path.rsplit("/", 1)[-1] else f"{path}/"
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if keeps(k, v)])
    return f"https://{host}{path}{'?' + query if query else ''}"


def keeps(name: str, value: str) -> bool:
    """Whether a query's part says which page it is: `outputType=xml` does (feeds), `outputType=amp` does not."""
    return not NOISE.match(name) or (name == "outputType" and value == "xml")


def article_id(url: str) -> str | None:
    """The paper's own id in an address: 26 characters, or `clm1808090002` for the old form."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = ARTICLE_PATH.match(path) or OLD_PATH.match(path)
    return found[2] if found else None


def is_editorial(found: Found) -> bool | None:
    """By its label; a listing line without a title leaves it to the page."""
    if not found.title:
        return None
    return split_headline(found.title, SITE_NAMES).label in EDITORIAL_LABELS


def parse_article(body: bytes, url: str) -> Article:
    """The article on one page, or `ParseError`."""
    page = Page.read(body, url)
    story = Story.of(page)
    if "/photo/" not in url and (story.data or story.shown is not None):
        return _read(story, url)
    if one(page.root, OLD_PAGE) is not None:
        return _read_old(page, url)
    if "/photo/" not in url and article_id(url) and fallback.blocks(page):
        return _read(story, url)
    return refuse(page.root, "no story in the page's own data, no article.article-wrapper")


def _read(story: Story, url: str) -> Article:
    """A page since June 2021."""
    signals = story.page.signals
    key, (head, raw), access = _id(story, url), _headline(story), access_of(story)
    blocks = arc.blocks(story.data, story.part("article-body"), url, signals, shown_only=access == "members")
    if access != "members" and not any(block.text for block in blocks):
        blocks = fallback.blocks(story.page)
    if not any(block.text for block in blocks):
        reason = "members_only" if access == "members" else "no_body"
        raise ParseError(url, reason, f"the article {head.text!r} has no text on this page")
    published, text = _published(story, url), text_of(blocks)
    return Article(
        id=f"sankei:{key}",
        newspaper="sankei",
        language="ja",
        kind=_kind(story, head.label),
        url=canonical(url if article_id(url) == key else story.page.canonical or url),
        section=section_of(story),
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,  # the paper sets none: `description` is the first paragraph
        byline=_byline(story),
        published_at=published,
        modified_at=modified(story),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=text,
        text_digest=digest_of(text),
        original=None,
        access=access,
        truncated=goes_on(story.page, story.data) or access == "members" or not arc.is_whole(story.data),
        parser=Parser(name="sankei", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _id(story: Story, url: str) -> str:
    """The article's id. What the page says of itself must agree; a page that agrees with itself but not with the
    address asked is the page of another article, and is read as that one."""
    stated = {
        "fusion": said(story.data, "_id"),
        "canonical": article_id(story.page.canonical or ""),
        "DC.identifier": story.page.meta("dc.identifier"),
    }
    ids = {name: value for name, value in stated.items() if value}
    if len(set(ids.values())) > 1:
        raise ParseError(url, "disagreement", f"the page names several articles: {ids}")
    asked = article_id(url)
    key = story.page.signals.first("id", *ids.items(), ("url", asked))
    if key is None:
        raise ParseError(url, "not_an_article", "nothing on the page or in its address is an article's id")
    if asked and asked != key:
        story.page.signals["id"] += "≠url"
    return key


def _headline(story: Story) -> tuple[Headline, str]:
    """Headline with label, and the headline as found. `【主張】` is part of every title but the one the page shows:
    there it is a `div.article-headline-title` above `h1.article-headline` (h3 in 2021)."""
    page, signals = story.page, story.page.signals
    shown = text(story.part("article-headline"))
    above = text(story.part("article-headline-title"))
    raw = signals.first(
        "headline",
        ("fusion", said(story.data, "headlines", "basic")),
        ("json-ld", said(story.ld, "headline")),
        ("og:title", page.meta("og:title")),
        ("dom", shown),
        ("title", page.title()),
    )
    if raw is None:
        raise ParseError(page.url, "not_an_article", "no headline anywhere on the page")
    head = split_headline(raw, SITE_NAMES)
    label = signals.first("label", ("headline", head.label), ("dom", above.strip(MARKS)))
    tail = r"[ \u3000]社説$" if label in EDITORIAL_LABELS else r"\Z"  # where the label stands apart, the h1 keeps it
    headline = re.sub(tail, "", head.text)
    if shown and re.sub(tail, "", split_headline(shown).text) != headline:
        signals["headline"] += "≠dom"
    return Headline(headline, label), raw


def _published(story: Story, url: str) -> dt.datetime | None:
    """With the page's +09:00. `display_date` is UTC: at 05:00 in Japan it has the day before. It wins only where it
    alone agrees with the address, whose date is the day in Japan (imported articles keep their first date there)."""
    above = story.part("article-meta-upper")
    time = above.find(".//time") if above is not None else None
    displayed = in_japan(said(story.data, "display_date"))
    published = story.page.signals.first(
        "published_at",
        ("json-ld", read_instant(said(story.ld, "datePublished"), JST)),
        ("article:published_time", read_instant(story.page.meta("article:published_time"), JST)),
        ("fusion", displayed),
        ("time", in_japan(time.get("datetime")) if time is not None else None),
    )
    found = ARTICLE_PATH.match(urlsplit(canonical(url)).path)
    if published and displayed and found and f"{published.astimezone(JST):%Y%m%d}" != found[1] == f"{displayed:%Y%m%d}":
        story.page.signals["published_at"] = "fusion (as the address)"
        return displayed
    return published


def _byline(story: Story) -> str | None:
    """People as printed: `original.byline`, since Arc's own `name` turns them round (美咲 大渡 for 大渡 美咲)."""
    credited = story.data.get("credits")
    by = credited.get("by") if isinstance(credited, dict) else None
    authors = story.ld.get("author")
    people = authors if isinstance(authors, list) else [authors]
    printed = ("additional_properties", "original", "byline")
    return story.page.signals.first(
        "byline",
        ("fusion", _people([said(p, *printed) or said(p, "name") for p in (by if isinstance(by, list) else [])])),
        ("dom", _people([text(story.part("author-info-link", "author-name"))])),
        ("json-ld", _people([said(person, "name") for person in people if said(person, "@type") == "Person"])),
        ("meta", _people([story.page.meta("author")])),
    )


def _people(names: list[str | None]) -> str | None:
    return "、".join(name for name in names if name and not COMPANY.fullmatch(name)) or None


def _kind(story: Story, label: str | None) -> Kind:
    section = (said(story.data, "taxonomy", "primary_section", "_id") or "").strip("/")
    dc = (story.page.meta("dc.type") or "").removeprefix("article.").replace(".", "/")
    if label == "主張" or "column/editorial" in (section, dc):
        return "editorial"
    if label or "column" in (section.split("/")[0], dc.split("/")[0]):  # a series has its label before the headline
        return "column"
    return "news"


def _read_old(page: Page, url: str) -> Article:
    """A page of 2014 to 2021: `#__r_article_title__`, `#__r_publish_date__`, `.post_content > p`, every paragraph
    indented by U+3000. No real one has been seen; this is read off other people's readers."""
    signals, root, ld = page.signals, page.root, page.article
    raw = signals.first(
        "headline",
        ("dom", text(one(root, "//*[@id='__r_article_title__']"))),
        ("og:title", page.meta("og:title")),
        ("title", page.title()),
    )
    key = signals.first("id", ("url", article_id(url)), ("canonical", article_id(page.canonical or "")))
    if raw is None or key is None:
        raise ParseError(url, "not_an_article", "an old page without headline or article id")
    head = split_headline(PAGE_OF.sub("", raw), SITE_NAMES)
    content = one(root, f"//*[{has_class('post_content')}][p]")
    blocks = arc.old_blocks(content, url) if content is not None else ()
    signals["body"] = "post_content"
    if not any(block.text for block in blocks):
        blocks = fallback.blocks(page)
    if not blocks:
        raise ParseError(url, "no_body", f"the article {head.text!r} has no text on this page")
    time = one(root, "//*[@id='__r_publish_date__']")
    published = signals.first(
        "published_at",
        ("json-ld", read_instant(said(ld, "datePublished"), JST)),
        ("article:published_time", read_instant(page.meta("article:published_time"), JST)),
        ("dom", read_instant((time.get("datetime") or text(time)) if time is not None else None, JST)),
    )
    return Article(
        id=f"sankei:{key}",
        newspaper="sankei",
        language="ja",
        kind="editorial" if head.label == "主張" else "column" if "/column/" in url else "news",
        url=canonical(url),
        section=None,
        label=head.label,
        headline=head.text,
        headline_raw=raw,
        standfirst=None,
        byline=None,
        published_at=published,
        modified_at=read_instant(said(ld, "dateModified"), JST),
        published_on=day_in_japan(published) if published else None,
        blocks=blocks,
        text=text_of(blocks),
        text_digest=digest_of(text_of(blocks)),
        original=None,
        access="unknown",
        truncated=goes_on(page, {}) or _is_later_page(page, url),
        parser=Parser(name="sankei", version=VERSION, signals=signals, fallback=fallback.gave_body(signals)),
    )


def _is_later_page(page: Page, url: str) -> bool:
    """`clm1808090002-n2.html` is the second page of `clm1808090002`."""
    found = OLD_PATH.match(urlsplit(url).path)
    if found and found[3] not in ("n1", "c"):
        page.signals["pages"] = f"{found[3][1:]} of n"
    return "pages" in page.signals


NEWSPAPER = Newspaper(
    name="sankei",
    title="産経新聞",
    language="ja",
    names=NAMES,
    hosts=("www.sankei.com", "sankei.com"),
    asset_hosts=("www.sankei.com", "*.images.arcpublishing.com"),  # its resizer is a path of the main host
    canonical=canonical,
    parse_article=parse_article,
    is_editorial=is_editorial,
    version=VERSION,
    listings=Listings(
        sitemaps=(
            f"{ORIGIN}/feeds/sitemapindex/?outputType=xml",
            f"{ORIGIN}/feeds/sitemapindex-category/?outputType=xml",
            f"{ORIGIN}/feeds/google-sitemapindex/?outputType=xml",
            f"{ORIGIN}/feeds/sitemap/?outputType=xml&from=0",
        ),
        archives=(f"{ORIGIN}/column/editorial/",),
    ),
)
