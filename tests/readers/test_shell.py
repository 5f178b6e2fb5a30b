"""Pages that a site puts before its own, or sends without words: each reader names them, none takes a page for one."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import time

import pytest

from crawler.fixtures.cases import find_cases
from crawler.html import document
from crawler.layers.shell import INSTEAD, REASONS, instead_of, refuse_challenge, wall_of
from crawler.models import Article, Problem
from crawler.newspapers import parse_page
from tests.conftest import ROOT

CASES = find_cases(ROOT / "tests" / "fixtures")
ADDRESSES = {
    "asahi": "https://www.asahi.com/articles/DA3S16500001.html",
    "asahi_ajw": "https://www.asahi.com/ajw/articles/16500001",
    "example_herald": "https://herald.example/editorial-any-page/",
    "example_shimbun": "https://shimbun.example/article/20260101-ABCDEFGHIJKLMNOPQRSTUVWXYZ/",
    "japan_forward": "https://japan-forward.com/editorial-any-page/",
    "mainichi": "https://mainichi.jp/articles/20260101/ddm/005/070/001000c",
    "nikkei": "https://www.nikkei.com/article/DGXZQODK000000Q6A101C2000000/",
    "sankei": "https://www.sankei.com/article/20260101-ABCDEFGHIJKLMNOPQRSTUVWXYZ/",
    "the_japan_news": "https://japannews.yomiuri.co.jp/editorial/yomiuri-editorial/20260101-200001/",
    "the_mainichi": "https://mainichi.jp/english/articles/20260101/p2a/00m/0op/001000c",
    "yomiuri": "https://www.yomiuri.co.jp/editorial/20260101-OYT1T50001/",
}
CHALLENGES = {
    "Cloudflare": '<html><head><title>Just a moment...</title></head><body><div class="main-wrapper"><noscript>Enable JavaScript and cookies to continue</noscript></div></body></html>',
    "AWS WAF, waiting": '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title><script type="text/javascript">window.gokuProps = {"key":"AQID","iv":"CgAH","context":"Zm9v"};</script><script src="https://0000.edge.token.awswaf.com/0000/challenge.js"></script></head><body><div id="challenge-container"></div><script>AwsWafIntegration.saveReferrer();</script><noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify that you\'re not a robot. This requires JavaScript. Enable JavaScript and then reload the page.</noscript></body></html>',
    "AWS WAF, by its words": "<html><body><h1>JavaScript is disabled</h1><p>In order to continue, we need to verify that you're not a robot.</p></body></html>",
    "Imperva": '<html style="height:100%"><head><meta name="robots" content="noindex,nofollow"></head><body style="margin:0px;height:100%"><iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&amp;xinfo=1" frameborder=0 width="100%" height="100%">Request unsuccessful. Incapsula incident ID: 1000000000000000-20000000000000000</iframe></body></html>',
    "Imperva, by its words": "<html><body>Request unsuccessful. Incapsula incident ID: 1000000000000000-20000000000000000</body></html>",
    "Google": '<html><head><title>https://news.example/a</title></head><body><form id="captcha-form" action="index" method="post"></form><b>About this page</b><br>Our systems have detected unusual traffic from your computer network. This page checks to see if it is really you sending the requests, and not a robot.</body></html>',
    "Google, in Japanese": "<html><head><title>https://news.example/a</title></head><body><p>お使いのコンピュータ ネットワークから通常と異なるトラフィックが検出されました。しばらくしてからもう一度お試しください。</p></body></html>",
    "DataDome": '<html lang="en"><head><title>news.example</title></head><body style="margin:0"><p id="cmsg">Please enable JS and disable any ad blocker</p><script>var dd={"rt":"c","cid":"0","host":"geo.captcha-delivery.com"}</script><script src="https://ct.captcha-delivery.com/c.js"></script></body></html>',
    "DataDome, in a frame": '<html><head><title>news.example</title></head><body><iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=0"></iframe></body></html>',
    "PerimeterX": '<html><head><title>Access to this page has been denied</title></head><body><div id="px-captcha"></div></body></html>',
    "PerimeterX, by its words": "<html><head><title>news.example</title></head><body><h1>Before we continue</h1><p>Press &amp; Hold to confirm you are a human (and not a bot).</p></body></html>",
    "Akamai": "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access this server.<P>Reference #18.0000</BODY></HTML>",
}
CONSENT = {
    "by its title": "<html><head><title>Cookieの利用について</title></head><body><h1>Cookieの利用について</h1><p>当サイトは、便利にお使いいただくためにCookieを利用しています。続けるには同意してください。</p><button>同意する</button></body></html>",
    "by its heading": "<html><head><title>港湾新報</title></head><body><div><h2>クッキー(Cookie)の使用について</h2><p>この先へ進むには、記録の保存に同意していただく必要があります。</p><a href='/ok'>次へ</a></div></body></html>",
    "by its button": "<html><head><title>港湾新報</title></head><body><div><p>当サイトではクッキーを使用しています。詳しくはプライバシーポリシーをご覧ください。</p><button>すべて同意する</button><button>設定</button></div></body></html>",
    "English, by its button": "<html><head><title>The Harbor Times</title></head><body><div><p>We and our 812 partners store cookies on your device to measure what you read. You may change your mind at any time.</p><button>Accept all</button></div></body></html>",
    "English": "<html><head><title>We value your privacy</title></head><body><p>We and our partners store information on a device.</p></body></html>",
}
LOGINS = {
    "by its title": "<html><head><title>ログイン｜港湾新報</title></head><body><p>会員の方はこちらから。メールアドレスを入力してください。</p></body></html>",
    "by its field": '<html><head><title>The Harbor Times</title></head><body><p>Members of the Harbor Times, please go on here to read what you came for.</p><input type="password" name="p"></body></html>',
}
SHELLS = {
    "nothing": '<html><head><title>The Harbor Times</title></head><body><div id="root"></div><script src="/app.js"></script></body></html>',
    "a note": '<html><head><title>The Harbor Times</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/app.js"></script></body></html>',
    "an app that declares a site": '<html><head><title>The Harbor Times</title><meta property="og:type" content="website"></head><body><header><nav>News Opinion Sports Weather</nav><p>The Harbor Times, since 1897, for all who live by the sea</p></header><div id="__next"></div><script src="/app.js"></script></body></html>',
    "Japanese": '<html><head><title>港湾新報</title></head><body><div id="app"></div><p>このサイトをご覧いただくには、ブラウザの設定でJavaScriptを有効にしてください。設定のしかたは、お使いのブラウザの説明をご覧ください。</p><script src="/app.js"></script></body></html>',
}
READERS = pytest.mark.parametrize("url", ADDRESSES.values(), ids=list(ADDRESSES))


def read(page: str, url: str) -> Problem:
    record = parse_page(page.encode(), url)
    assert isinstance(record, Problem), record
    return record


def test_every_newspaper_has_an_address_here() -> None:
    assert set(ADDRESSES) >= {case.newspaper for case in CASES}


@READERS
@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_is_named_by_every_reader(name: str, url: str) -> None:
    problem = read(CHALLENGES[name], url)
    assert (problem.reason, instead_of(problem.reason, problem.detail)) == ("challenge", "challenge"), problem.detail


@READERS
@pytest.mark.parametrize("name", CONSENT)
def test_a_consent_wall_is_named_by_every_reader(name: str, url: str) -> None:
    problem = read(CONSENT[name], url)
    assert (problem.reason, instead_of(problem.reason, problem.detail)) == ("challenge", "consent_wall"), problem.detail


@READERS
@pytest.mark.parametrize("name", LOGINS)
def test_a_login_page_is_named_by_every_reader(name: str, url: str) -> None:
    problem = read(LOGINS[name], url)
    assert (problem.reason, instead_of(problem.reason, problem.detail)) == ("not_an_article", "login_page")


@READERS
@pytest.mark.parametrize("name", SHELLS)
def test_an_empty_shell_is_named_by_every_reader(name: str, url: str) -> None:
    problem = read(SHELLS[name], url)
    assert (problem.reason, instead_of(problem.reason, problem.detail)) == ("no_body", "empty_shell"), problem.detail


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name).replace("/", "-"))
def test_no_page_of_a_newspaper_is_taken_for_a_wall(case: object) -> None:
    """Of the fixtures, only those that are one."""
    name = str(case.name)  # type: ignore[attr-defined]  # a Case
    page = (ROOT / "tests" / "fixtures" / name / "page.html").read_bytes()
    is_one = name.rpartition("/")[2] in ("challenge", "consent-wall")
    assert bool(wall_of(page)) is is_one


STORY = (
    "<article><h1>{title}</h1>"
    + "<p>The council has kept the harbor wall for a hundred years, and should go on.</p>" * 9
)
DECLARED = '<html><head><title>{title} | The Harbor Times</title><meta property="og:type" content="article"></head><body>{story}</article></body></html>'


@pytest.mark.parametrize(
    "title",
    [
        "Security Challenges Grow in the Strait",
        "Access Denied: How the Council Hides Its Papers",
        "Just a Moment, Mayor",
        "We Use Cookies, and You Should Worry",
        "クッキーの利用規制　評議会は説明を",
        "ロボットではない、人の仕事だ",
    ],
)
def test_an_article_about_such_things_is_no_challenge(title: str) -> None:
    page = DECLARED.format(title=title, story=STORY.format(title=title))
    refuse_challenge(document(page.encode()))
    record = parse_page(page.encode(), ADDRESSES["japan_forward"])
    assert isinstance(record, Article), record


def test_a_bot_check_on_an_article_whose_text_is_missing_is_no_challenge() -> None:
    """Sites that use such a service have its script on every page."""
    script = '<script src="https://0000.edge.token.awswaf.com/0000/challenge.js"></script>'
    page = DECLARED.format(title="Harbor Walls", story="<h1>Harbor Walls</h1>").replace("</head>", f"{script}</head>")
    problem = read(page, ADDRESSES["japan_forward"])
    assert problem.reason == "no_body"
    assert not wall_of(page.encode())


def test_words_are_told_from_lines_also_behind_a_headline() -> None:
    assert instead_of("not_an_article", "'ログイン': a login page: 'ログイン - 日本経済新聞'") == "login_page"
    assert instead_of("no_body", "\"It's so\": an empty shell: 0 characters to be seen: 'x'") == "empty_shell"
    assert (
        instead_of("no_body", "312 characters to be seen, none of them an article's text: 'a login page: x'")
        == "no_body"
    )
    assert instead_of("failed", "a login page: x") == "failed", "a word of another reason is none"
    assert set(INSTEAD.values()) == set(REASONS)


def test_what_is_no_page_is_no_wall() -> None:
    for body in (b"", b"<?xml version='1.0'?><urlset/>", b"[]", b"\x00\xff\xfe", b"<html>" + b"x" * 600_000):
        assert wall_of(body) == ""


@pytest.mark.parametrize("piece", ["<button>", "<div id='root'>", "<a href=x>同意する</a>", "<iframe src=x>"])
def test_time_grows_with_the_page_alone(piece: str) -> None:
    def seconds(times: int) -> float:
        page = f"<html><body>cookie {piece * times}</body></html>"
        began = time.process_time()
        read(page, ADDRESSES["sankei"])
        return time.process_time() - began

    seconds(100)
    assert seconds(8000) < max(12 * seconds(2000), 1.5)
