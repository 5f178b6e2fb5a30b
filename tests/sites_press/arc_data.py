"""What an Arc page says to machines: head, JSON-LD, and Fusion.globalContent (SITES 2.4)."""

import hashlib
import json
from html import escape
from typing import Any
from urllib.parse import quote

from .model import SANKEI, arc_id
from .stories import CLOUD, SECTIONS, Element, Picture, Story, utc

ROOT = f"https://{SANKEI}"
GENERIC = f"{ROOT}/common/images/ogp_column-editorial.jpg"
DEPLOYMENT = {"2021": "142", "2023": "514", "2025": "885"}
KEYWORDS = "産経新聞,産経,サンケイ,新聞,ニュース,速報,政治,経済,社会,国際,スポーツ,エンタメ"


def head(story: Story) -> str:
    d = DEPLOYMENT[story.era]
    metas = "".join(f'<meta {kind}="{name}" content="{escape(value)}"/>' for kind, name, value in _metas(story))
    return (
        f'<head><meta charSet="UTF-8"/><title>{escape(document_title(story))}</title>{metas}'
        f'<link rel="stylesheet" href="/pf/resources/dist/sankei/css/style.css?d={d}"/>'
        f'<link id="fusion-template-styles" rel="stylesheet" type="text/css"/>'
        f'<link rel="canonical" href="{story.url}"/><link rel="amphtml" href="{story.url}?outputType=amp"/>'
        f'<script id="fusion-engine-react-script" type="application/javascript" src="/pf/dist/engine/react.js?d={d}" defer=""></script>'
        f'<script async="" src="https://securepubads.g.doubleclick.net/tag/js/gpt.js"></script>'
        f'<link rel="icon" type="image/x-icon" href="/pf/resources/icons/favicon.ico?d={d}"/>'
        f'<script type="application/ld+json">{_script(json_ld(story))}</script></head>'
    )


def document_title(story: Story) -> str:
    page = f"（{story.page}/{story.pages}ページ）" if story.pages > 1 else ""
    return f"{story.raw}{page} - 産経ニュース"


def json_ld(story: Story) -> list[dict[str, Any]]:
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": story.url,
        "url": story.url,
        "datePublished": story.published.isoformat(),
        "dateModified": story.modified.isoformat(),
        "headline": story.raw,
        "image": [
            {"@type": "ImageObject", "url": image, "height": 630, "width": 1200} for image in _share_images(story)
        ],
        "description": _cut(description(story)),
        "author": {"@type": "Organization", "name": _site(story)},
        "publisher": {
            "@type": "Organization",
            "name": _site(story),
            "url": f"{ROOT}/",
            "logo": {"@type": "ImageObject", "url": f"{ROOT}/common/images/logo_sankei_structured.png"},
        },
    }
    if story.era == "2023":
        article["isAccessibleForFree"] = story.code == "free"
    crumbs = [
        ("トップ", f"{ROOT}/"),
        *((SECTIONS[path], f"{ROOT}{path}/") for path in _path_of(story)),
        (story.raw, story.url),
    ]
    items = [
        {"@type": "ListItem", "position": n, "item": {"@id": url, "name": name}}
        for n, (name, url) in enumerate(crumbs, 1)
    ]
    return [article, {"@context": "http://schema.org", "@type": "BreadcrumbList", "itemListElement": items}]


def fusion(story: Story, feed: list[Story]) -> str:
    """The assignments of the page's last script; globalContent is one of several."""
    config = {"source": "article-by-url", "query": {"uri": story.path, "website_url": story.path, "paginate": "true"}}
    cache = {
        "story-feed": {
            '{"size":4}': {
                "data": {
                    "content_elements": [
                        {"_id": other.id, "headlines": {"basic": other.raw}, "website_url": other.path}
                        for other in feed
                    ]
                }
            }
        }
    }
    return (
        f'<script id="fusion-metadata" type="application/javascript">window.Fusion=window.Fusion||{{}};'
        f'Fusion.arcSite="sankei";Fusion.contextPath="/pf";Fusion.deployment="{DEPLOYMENT[story.era]}";'
        f"Fusion.globalContent={_script(global_content(story))};Fusion.globalContentConfig={_script(config)};"
        f"Fusion.lastModified=1737464857261;Fusion.contentCache={_script(cache)};"
        f'Fusion.layout="right-rail";Fusion.metas={{}};Fusion.outputType="default";</script>'
    )


def global_content(story: Story) -> dict[str, Any]:
    elements = [_element(story, index, element) for index, element in enumerate(story.body)]
    length = sum(
        len(element.plain or element.text) for element in story.body if element.kind == "text"
    )  # <br/> counts 5
    meta: dict[str, Any] = {
        "hasMedia": story.lead is not None,
        "lastTextIndex": len(elements) - 1,
        "page": story.page,
        "textElementCount": sum(e.kind == "text" for e in story.body),
        "totalCharacterCount": length,
        "totalCount": story.pages,
    }
    if story.era == "2025":
        meta["totalCharacterAllCount"] = story.whole or length
    content: dict[str, Any] = {
        "_id": story.id,
        "additional_properties": {"distributor": {"owner": {}}},
        "content_elements": elements,
        "content_restrictions": {"content_code": story.code},
        "credits": {"by": []},
        "description": {"basic": description(story)},
        "display_date": utc(story.at),
        "distributor": {"category": "staff", "name": "産経新聞"},
        "first_publish_date": utc(story.published, ".151"),
        "headlines": {"basic": story.raw},
        "label": {},
        "last_updated_date": utc(story.modified, ".145"),
        "meta": meta,
        "publish_date": utc(story.modified, ".151"),
        "query": {"theme": None},
        "source": {"system": "TDB_TSANKEI"},
        "taxonomy": {
            "primary_section": _section(story.section),
            "sections": [
                *(_section(path) for path in reversed(_path_of(story))),
                {"_id": "/column", "_website": "iza", "name": "コラム", "path": "/column"},
            ],
        },
        "type": "story",
        "website": "sankei",
        "website_url": story.path,
    }
    if story.era == "2023":
        content["related_content"] = {"redirect": []}
    if story.lead:
        content["promo_items"] = {"basic": _image(story, story.lead, "left")}
    return content


def description(story: Story) -> str:
    """The first paragraph, which editorials of 2023 indent here though not in the body."""
    first = next(element.plain for element in story.body if element.kind == "text")
    return ("　" if story.era == "2023" and story.label else "") + first


def resized(picture: Picture, size: str) -> str:
    """The resizer's address for a picture."""
    token = hashlib.sha256(f"{picture.id}/{size}".encode()).hexdigest()[:27]
    return f"{ROOT}/resizer/{token}=/{size}/smart/filters:quality(50)/{CLOUD.removeprefix('https://')}/{picture.id}.jpg"


def noisy(story: Story, campaign: str) -> str:
    """An address as rankings spell it."""
    return (
        f"{story.url}?ownedutm_source=owned%20site&ownedutm_medium=referral&ownedutm_campaign={campaign}"
        f"&ownedutm_content={quote(story.raw)}"
    )


def pictures(story: Story) -> list[Picture]:
    return ([story.lead] if story.lead else []) + [element.picture for element in story.body if element.picture]


def _metas(story: Story) -> list[tuple[str, str, str]]:
    path = [part.rpartition("/")[2] for part in _path_of(story)]
    named = [
        ("description", _cut(description(story)) if story.era == "2025" else description(story)),
        ("viewport", "width=device-width, initial-scale=1"),
        ("robots", "nocache, noarchive"),
        ("bingbot", "nocache"),
        ("news_keywords", KEYWORDS),
        ("author", "SANKEI DIGITAL INC."),
        ("page-type", "article"),
    ]
    opened = [
        ("og:site_name", _site(story)),
        ("og:locale", "ja_JP"),
        ("og:type", "article"),
        ("og:url", story.url),
        ("og:title", story.raw),
        ("og:description", _cut(description(story))),
        *(("og:image", image) for image in _share_images(story)),
    ]
    machine = [
        ("DC.type", f"article.{'.'.join(path)}"),
        ("DC.identifier", story.id),
        ("DC.date", f"{story.at:%Y-%m-%d}"),
        ("DC.publisher", "産経新聞"),
        ("cXenseParse:articleid", story.id),
        ("cXenseParse:skd-articletype", story.code),
        ("cXenseParse:skd-category", path[0]),
        ("cXenseParse:skd-subcategory", path[-1]),
        *(("cXenseParse:skd-multicategory", part) for part in reversed(_path_of(story))),
        ("cXenseParse:url", story.url),
        ("article:published_time", story.published.isoformat()),
        ("article:modified_time", story.modified.isoformat()),
    ]
    return [
        *(("name", *pair) for pair in named),
        *(("property", *pair) for pair in opened),
        *(("name", *pair) for pair in machine),
    ]


def _share_images(story: Story) -> list[str]:
    return [resized(picture, "1200x630") for picture in pictures(story)] or [GENERIC]


def _path_of(story: Story) -> list[str]:
    """The section and those above it, widest first."""
    parts = story.section.strip("/").split("/")
    return ["/" + "/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _section(path: str) -> dict[str, str]:
    return {"_id": path, "_website": "sankei", "name": SECTIONS[path], "path": path}


def _element(story: Story, index: int, element: Element) -> dict[str, Any]:
    if element.picture:
        return _image(story, element.picture, "center")
    shared: dict[str, Any] = {"_id": arc_id(f"{story.key}/{story.page}/{index}"), "additional_properties": {}}
    if element.kind == "link_list":
        return {
            **shared,
            "type": "link_list",
            "items": [{"type": "interstitial_link", "content": "関連記事", "url": f"{ROOT}/column/editorial/"}],
        }
    if element.kind == "header":
        return {**shared, "content": element.text, "level": 4 if story.era == "2021" else 1, "type": "header"}
    return {**shared, "content": element.text, "type": "text"}


def _image(story: Story, picture: Picture, alignment: str) -> dict[str, Any]:
    return {
        "_id": picture.id,
        "additional_properties": {},
        "caption": picture.caption,
        "headlines": {"basic": "４版　写真"},
        "height": 1664,
        "width": 2496,
        "resizedUrls": {
            "articleLarge": resized(picture, "730x0"),
            "articleSnsShareImage": resized(picture, "1200x630"),
        },
        "type": "image",
        "url": picture.url,
        "alignment": alignment,
        "linkProps": {"href": f"{story.path}photo/{picture.id}/"},
    }


def _site(story: Story) -> str:
    return "産経新聞：産経ニュース" if story.era == "2025" else "産経ニュース"


def _cut(text: str) -> str:
    return text if len(text) <= 78 else f"{text[:78]}…"


def _script(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
