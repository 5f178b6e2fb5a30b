"""The truth: what a right crawl of the press must give, said in DESIGN.md's names."""

from typing import Any
from urllib.parse import urlsplit

from .arc_data import description, pictures
from .jf_head import instant, states_instant
from .jf_lists import archives
from .model import FORWARD, SANKEI, Editorial, Original, arc_id, old_path
from .posts import JAPANESE_FERRY, Figure, Post, posts
from .stories import Picture, Story, originals, other_stories, shown, split

NO_ZONE = "the old layout states no zone, and its date node is known only from the layout before it (SITES 2.1)"
NO_JOIN = "how the items of a list are joined within `text` is not settled (DESIGN 3)"
OLD_PAGER = "`-n2.html` pages are known (SITES 2.4, grade C), the old layout's pager is not"
READ = ("page", "moved", "preview")


def truth() -> dict[str, Any]:
    """Everything, deterministically."""
    editorials = [_editorial(post) for post in posts() if post.editorial]
    statuses = sorted({entry["status"] for entry in editorials})
    return {
        "note": "Made by press.truth(). A field *_open says why the evidence does not settle the field it names.",
        "counts": {
            "editorials": len(editorials),
            "other_posts": sum(post.editorial is None for post in posts()),
            "originals": sum(entry["original"] is not None for entry in editorials),
            "statuses": {status: sum(entry["status"] == status for entry in editorials) for status in statuses},
        },
        "editorials": editorials,
        "not_editorials": _not_editorials(),
        "sankei_not_originals": [_other(story) for story in other_stories().values()],
    }


def _editorial(post: Post) -> dict[str, Any]:
    case = post.editorial
    assert case is not None
    figures = [figure for figure in [post.lead, *(block.figure for block in post.body)] if figure]
    kinds = (["figure"] if post.lead else []) + [block.kind for block in post.body]
    stated = states_instant(post)
    entry: dict[str, Any] = {
        "id": f"japan_forward:{post.slug}",
        "url": post.url,
        "newspaper": "japan_forward",
        "language": "en",
        "kind": "editorial",
        "headline": post.headline,
        "headline_raw": post.title,
        "label": post.label,
        "section": post.section_name,
        "standfirst": post.standfirst or None,
        "byline": post.byline,
        "published_on": f"{post.at:%Y-%m-%d}",
        "published_at": instant(post.at, post.layout) if stated else None,
        "layout": post.layout,
        "traits": sorted(post.traits),
        "paragraphs": sum(kind == "paragraph" for kind in kinds),
        "blocks": kinds,
        "figures": [_figure(figure) for figure in figures],
        "text": _text(post),
        "listed_in": _listed_in(post),
        "original_url": post.links[0][1] if post.links else None,
        "wordings": [_wording(link.place, link.text) for link, _ in post.links],
        "status": case.status,
        "original": _original(case),
    }
    if any(block.kind == "list" for block in post.body):
        entry["text_open"] = NO_JOIN
    if case.open:
        entry |= {"status_open": case.open, "status_also": list(case.also)}
    if entry["original"]:
        entry["lag_days"] = (post.at.date() - originals()[case.topic].at.date()).days if case.original else 3
    return entry


def _text(post: Post) -> str:
    return "\n\n".join(" ".join(block.text.split()) for block in post.body if block.kind != "figure")


def _figure(figure: Figure) -> dict[str, Any]:
    entry = {
        "caption": figure.caption,
        "credit": figure.credit,
        "printed": figure.line,
        "image_url": figure.url,
        "alt": figure.alt or None,
    }
    if figure.open:
        entry["credit_open"] = figure.open
        entry["caption"] = figure.caption if figure.credit else figure.line
    return entry


def _wording(place: str, text: str) -> str:
    return f"このページを {text} で読む" if place == "widget" else text


def _listed_in(post: Post) -> list[str]:
    """Every listing, feed and sitemap (of a press with all switched on) that names the post in its main part."""
    newest = tuple(reversed(posts()))
    found = [f"https://{FORWARD}/post-sitemap{1 + posts().index(post) // 30}.xml"]
    found += [f"https://{FORWARD}/feed/"] if newest.index(post) < 10 else []
    found += [f"https://{FORWARD}/"] if newest.index(post) < 8 else []
    for path, (_, members) in archives(newest).items():
        if post in members:
            page = members.index(post) // 5 + 1
            found.append(f"https://{FORWARD}{path}" + (f"page/{page}/" if page > 1 else ""))
    return found


def _original(case: Editorial) -> dict[str, Any] | None:
    """The original's article as it must be read, or None where none can be."""
    if case.topic == "ferry":
        return {"url": f"https://{FORWARD}{JAPANESE_FERRY}", "language": "ja", "open": case.open}
    if case.original is None or case.original.answer not in READ:
        return None
    story = originals()[case.topic]
    if case.original.form != "arc" and case.original.answer == "page":
        return _old(split(story, case.original.pages)[0], case.original)
    return _story(shown(story, case.original.answer, case.original.pages))


def _story(story: Story) -> dict[str, Any]:
    kinds = {"text": "paragraph", "header": "heading", "image": "figure"}
    body = [e for e in story.body if e.kind in kinds and not (e.kind == "text" and not e.plain.strip())]
    blocks = (["figure"] if story.lead else []) + [kinds[element.kind] for element in body]
    words = [element.plain for element in body if element.kind != "image"]
    return {
        "id": f"sankei:{story.id}",
        "url": story.url,
        "newspaper": "sankei",
        "language": "ja",
        "kind": "editorial",
        "headline": story.bare,
        "headline_raw": story.raw,
        "label": story.label,
        "section": "主張",
        "published_on": f"{story.at:%Y-%m-%d}",
        "published_at": story.published.isoformat(),
        "modified_at": story.modified.isoformat(),
        "byline": None,
        "paragraphs": len(story.texts),
        "characters": sum(len(text) for text in story.texts),
        "blocks": blocks,
        "figures": [_picture(picture) for picture in pictures(story)],
        "text": "\n\n".join(words),
        "access": "free" if story.code == "free" else "members",
        "truncated": story.code != "free" or story.pages > 1,
        "era": story.era,
        "style": story.style,
        "indented_description": description(story).startswith("　"),
    }


def _picture(picture: Picture) -> dict[str, Any]:
    entry = {
        "caption": picture.bare or None,
        "credit": picture.credit,
        "printed": picture.caption,
        "image_url": picture.url,
    }
    return {**entry, "credit_open": picture.open} if picture.open else entry


def _old(story: Story, original: Original) -> dict[str, Any]:
    path = old_path(original)
    texts = story.texts
    entry = {
        "id": f"sankei:{urlsplit(path).path.rpartition('/')[2].partition('-')[0]}",
        "url": f"https://{SANKEI}{path}",
        "newspaper": "sankei",
        "language": "ja",
        "kind": "editorial",
        "headline": story.bare,
        "headline_raw": f"【主張】{story.bare}",
        "label": "主張",
        "section": None,
        "published_on": f"{story.at:%Y-%m-%d}",
        "published_at": story.at.isoformat(),
        "published_at_open": NO_ZONE,
        "byline": None,
        "paragraphs": len(texts),
        "characters": sum(len(text) for text in texts),
        "blocks": ["paragraph"] * len(texts),
        "figures": [],
        "text": "\n\n".join(texts),
        "access": "free",
        "truncated": story.pages > 1,
        "era": "old",
        "style": "brackets",
    }
    return {**entry, "truncated_open": OLD_PAGER} if story.pages > 1 else entry


def _not_editorials() -> dict[str, list[str]]:
    """Addresses of JAPAN Forward that must not become editorials."""
    listed = [
        f"https://{FORWARD}{path}" for path in ("/", "/japanese/", "/about-us/", *archives(tuple(reversed(posts()))))
    ]
    return {
        "posts": [post.url for post in posts() if post.editorial is None],
        "listings": listed,
        "japanese": [f"https://{FORWARD}/japanese/culture/lighthouse-lodgers/"],
    }


def _other(story: Story) -> dict[str, Any]:
    return {
        "id": f"sankei:{arc_id(story.key)}",
        "url": story.url,
        "headline": story.bare,
        "headline_raw": story.raw,
        "label": story.label,
    }
