"""WordPress's REST answers for posts: /wp-json/wp/v2/posts with paging and dates, as WordPress documents them."""

import math
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

from .jf_body import content
from .jf_head import HOME, description
from .model import JST
from .posts import SECTIONS, Post
from .wire import Resource, json_resource

DISABLED = {"code": "rest_disabled", "message": "The REST API on this site is restricted.", "data": {"status": 401}}


def disabled() -> Resource:
    return json_resource(DISABLED, 401)


def answer(posts: tuple[Post, ...], path: str, query: str) -> Resource:
    """The answer to a REST address, given that REST is on."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    if path.rstrip("/") == "/wp-json":
        return json_resource(
            {"name": "JAPAN Forward", "url": HOME, "namespaces": ["wp/v2"], "timezone_string": "Asia/Tokyo"}
        )
    if path.rstrip("/") == "/wp-json/wp/v2/categories":
        return json_resource(
            [
                {"id": number, "slug": slug, "name": escape(name), "link": f"{HOME}/category/{slug}/"}
                for number, (slug, name) in enumerate(SECTIONS.items(), 2)
            ]
        )
    if path.rstrip("/") == "/wp-json/wp/v2/posts":
        return _collection(posts, asked)
    one = [post for post in posts if path.rstrip("/") == f"/wp-json/wp/v2/posts/{post.number}"]
    if one:
        return json_resource(_post(one[0], asked.get("_fields", "")))
    return _error("rest_no_route", "No route was found matching the URL and request method.", 404)


def _collection(posts: tuple[Post, ...], asked: dict[str, str]) -> Resource:
    try:
        size, number = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        chosen = _chosen(posts, asked)
    except ValueError:
        return _error("rest_invalid_param", "Invalid parameter(s).", 400)
    if not 1 <= size <= 100 or number < 1:
        return _error("rest_invalid_param", "Invalid parameter(s): per_page", 400)
    pages = math.ceil(len(chosen) / size)
    if number > max(pages, 1):
        return _error(
            "rest_post_invalid_page_number",
            "The page number requested is larger than the number of pages available.",
            400,
        )
    part = chosen[(number - 1) * size : number * size]
    headers = [
        ("X-WP-Total", str(len(chosen))),
        ("X-WP-TotalPages", str(pages)),
        ("Access-Control-Expose-Headers", "X-WP-Total"),
    ]
    return json_resource([_post(post, asked.get("_fields", "")) for post in part], headers=headers)


def _chosen(posts: tuple[Post, ...], asked: dict[str, str]) -> list[Post]:
    """Filtered and sorted; `after` and `before` exclude their bounds, and a time without zone is the site's."""
    chosen = list(posts) if asked.get("order") == "asc" else list(reversed(posts))
    if "after" in asked:
        chosen = [post for post in chosen if post.at > _time(asked["after"])]
    if "before" in asked:
        chosen = [post for post in chosen if post.at < _time(asked["before"])]
    if "slug" in asked:
        chosen = [post for post in chosen if post.slug == asked["slug"]]
    if "search" in asked:
        wanted = asked["search"].lower()
        chosen = [post for post in chosen if wanted in (post.title + " ".join(b.text for b in post.body)).lower()]
    if "categories" in asked:
        numbers = {int(number) for number in asked["categories"].split(",")}
        chosen = [post for post in chosen if _category(post) in numbers]
    return chosen


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace(" ", "+"))
    return at if at.tzinfo else at.replace(tzinfo=JST)


def _category(post: Post) -> int:
    return 2 + list(SECTIONS).index(post.section)


def _post(post: Post, fields: str) -> dict[str, Any]:
    title = escape(post.title, quote=False).replace("’", "&#8217;")
    whole: dict[str, Any] = {
        "id": post.number,
        "date": f"{post.at:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{post.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": f"{HOME}/?p={post.number}"},
        "modified": f"{post.modified:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{post.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": post.url,
        "title": {"rendered": title},
        "content": {"rendered": content(post), "protected": False},
        "excerpt": {"rendered": f"<p>{escape(description(post), quote=False)}</p>\n", "protected": False},
        "author": 1,
        "categories": [_category(post)],
        "tags": [],
        "_links": {"self": [{"href": f"{HOME}/wp-json/wp/v2/posts/{post.number}"}]},
    }
    wanted = [name.split(".")[0] for name in fields.split(",") if name]
    return {name: whole[name] for name in wanted if name in whole} if wanted else whole


def _error(code: str, message: str, status: int) -> Resource:
    return json_resource({"code": code, "message": message, "data": {"status": status}}, status)
