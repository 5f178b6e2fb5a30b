"""The editorials, oldest first: which look, which link wording, and what became of the original's address."""

# fmt: off
from datetime import date, datetime

from .model import JST, Editorial, Link, Original, Photo, Shot

WIDGET = "[[日本語]]"  # between このページを and で読む
OPEN_JAPANESE = "SITES 1.5: a link into /japanese/ is JAPAN Forward's own Japanese version; whether it counts as original is open"
OPEN_INSIDE = "SITES 1.3 lists the form, DESIGN 3 drops the ©: whether 'Inside image' belongs to the credit is open"
OPEN_NO_PARENTHESES = "SITES 1.3: a © without parentheses is seen, yet the rule asks for parentheses"


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=JST)


def _traits(names: str) -> frozenset[str]:
    return frozenset(names.split())


def editorials() -> tuple[Editorial, ...]:
    return (*_until_2019(), *_until_2022(), *_until_2024(), *_from_2025())


def _until_2019() -> tuple[Editorial, ...]:
    return (
        Editorial(
            "north", _at(2017, 3, 8, 10, 15), "classic2017", "diplomacy-security", 9, "paired", "Editorial: ",
            links=(Link("(Click [[here]] to read the original article in Japanese.)", "http"),),
            original=Original(date(2017, 3, 3), "old", 1),
            photos=(Photo("body", "(©Sankei by Haruo Mizushima)", "Sankei by Haruo Mizushima", "Northern Territories"),),
            traits=_traits("http"),
        ),
        Editorial("blood", _at(2017, 11, 21, 16), "classic2017", "society", 10, "no_link", "Editorial: "),
        Editorial(
            "fishing", _at(2018, 8, 13, 9), "classic2018", "politics-security", 12, "paired", "Editorial: ",
            links=(Link("[[(Click here to read the article in its original Japanese.)]]", "plain", wrap="<p><em>{}</em></p>"),),
            original=Original(date(2018, 8, 9), "old", 2),
            photos=(Photo("lead", "(© Sankei byRyota Inaba)", "Sankei byRyota Inaba", "Yamato Bank (2)"),),
        ),
        Editorial(
            "volcano", _at(2018, 10, 26, 7, 30), "classic2018", "society", 11, "paired", "Editorial: ",
            links=(Link("(Click here to read the editorial in its original [[Japanese]].)", "http"),),
            original=Original(date(2018, 10, 22), "old", 1, "moved", shots=(Shot("lead", "＝福島県（水島治夫撮影）", "水島治夫撮影"),)),
            photos=(Photo("body", "", None, "ash"), Photo("body", "(Pool photograph)", "Pool photograph")),
        ),
        Editorial(
            "swimming", _at(2019, 4, 15, 11), "classic2018", "society", 13, "gone",
            links=(Link("[[Read the original in Japanese]]", "plain", wrap="<h5>{}</h5>"),),
            original=Original(date(2019, 4, 10), "old", 1, "gone404"),
            photos=(Photo("lead", "(Courtesy of the Owari Swimming Club)", "Courtesy of the Owari Swimming Club", "pool"),),
            traits=_traits("gutenberg"),
        ),
        Editorial(
            "families", _at(2019, 11, 5, 12), "classic2018", "abducted", 11, "paired",
            links=(Link("(Read the editorial in Japanese [[here]].)", "plain"),),
            original=Original(date(2019, 11, 1), "old", 3, pages=2),
            photos=(Photo("lead", "(©Kyodo News)", "Kyodo News", "Blue ribbons"),),
            traits=_traits("gutenberg"),
        ),
    )


def _until_2022() -> tuple[Editorial, ...]:
    return (
        Editorial(
            "cables", _at(2020, 6, 18, 10), "zox2020", "politics-security", 12, "paired",
            links=(Link("([[Read the column in Japanese.]])", "plain"),),
            original=Original(date(2020, 6, 15), "print", 3),
            photos=(Photo("lead", "(© REUTERS/Janis Ozolkalns)", "REUTERS/Janis Ozolkalns", "Undersea cable"),),
            traits=_traits("no_time"),
        ),
        Editorial(
            "rails", _at(2020, 9, 2, 9), "zox2020", "economy-tech", 14, "no_link",
            photos=(Photo("lead", "(© Sankei by Aya Tsukuda)", "Sankei by Aya Tsukuda", "train"),),
            cites=("As [[this newspaper argued last month|ed_whistle]], the sounds of a railway are part of its safety.",),
            traits=_traits("no_time"),
        ),
        Editorial(
            "dialects", _at(2020, 12, 24, 15), "zox2020", "culture", 10, "unreadable",
            links=(Link("(Read the [[article]] in Japanese.)", "plain"),),
            original=Original(date(2020, 12, 18), "old", 2, "listing"),
            photos=(Photo("lead", "(Inside image ©Sankei by Haruo Mizushima)", "Inside image Sankei by Haruo Mizushima",
                          "Yonaguni", open=OPEN_INSIDE),),
        ),
        Editorial(
            "reactors", _at(2021, 2, 11, 10), "zox", "economy-tech", 13, "paired",
            links=(Link("(Click [[here]] to access the article in Japanese.)", "http_bare"),),
            original=Original(date(2021, 2, 8), "old", 1, "moved", heading=True,
                              shots=(Shot("lead", "（電力会社提供）", "電力会社提供"), Shot("body", "", None, empty=True))),
            photos=(Photo("lead", "(Photo by Naoki Shimabara)", "Photo by Naoki Shimabara", "Seawall"),),
        ),
        Editorial(
            "pacific", _at(2021, 6, 10, 8), "zox", "indo-pacific", 12, "paired",
            links=(Link("(Read the editorial [[in Japanese]].)", "plain"),),
            original=Original(date(2021, 6, 4)),
            photos=(Photo("lead", "(© REUTERS/Ann Wangsgaard)", "REUTERS/Ann Wangsgaard", "Kaohsiung"),
                    Photo("body", "(© Sankei by Aya Tsukuda)", "Sankei by Aya Tsukuda", "Delegates")),
            traits=_traits("lazy"),
        ),
        Editorial(
            "shelters", _at(2021, 10, 28, 18), "zox", "society", 13, "restricted",
            links=(Link("(Read the editorial in [[Japanese]].)", "plain", wrap="<p><strong>{}</strong></p>"),),
            original=Original(date(2021, 10, 25), answer="preview"),
            photos=(Photo("lead", "(provided by the town of Kushimoto-Higashi)", "provided by the town of Kushimoto-Higashi"),),
        ),
        Editorial(
            "care", _at(2022, 2, 17, 9), "zox", "society", 11, "paired",
            links=(Link("([[Read the editorial in Japanese]].)", "bare"),),
            original=Original(date(2022, 2, 14), shots=(Shot("lead", "＝群馬県（佐久田彩撮影）", "佐久田彩撮影"),)),
            modified=_at(2024, 5, 1, 9),
        ),
        Editorial(
            "evacuation", _at(2022, 7, 28, 10), "zox", "politics-security", 14, "paired",
            links=(Link("([[Read the editorial in Japanese.]])", "plain"),),
            original=Original(date(2022, 7, 25)),
            photos=(Photo("lead", "(via the Miyako City Office)", "via the Miyako City Office", "Miyako Airport"),),
            traits=_traits("autoload"),
        ),
        Editorial(
            "volunteers", _at(2022, 11, 10, 9), "zox", "society", 12, "no_link",
            links=(Link("(Read the editorial in Japanese.)", "none"),),
            traits=_traits("autoload generic_image"),
        ),
    )


def _until_2024() -> tuple[Editorial, ...]:
    return (
        Editorial(
            "pollen", _at(2023, 4, 5, 7, 30), "zox", "society", 12, "paired",
            links=(Link("([[Read]] the editorial in Japanese.)", "plain"),),
            original=Original(date(2023, 3, 31)),
            photos=(Photo("lead", "", None, "Cedars"),),
            traits=_traits("quote"),
        ),
        Editorial(
            "cutters", _at(2023, 7, 18, 10), "zox", "politics-security", 14, "paired",
            links=(Link("(Read the editorial in [[Japanese]].)", "noslash"),),
            original=Original(date(2023, 7, 14), shots=(Shot("lead", "＝１３日午前、沖縄県石垣市", None),
                                                        Shot("body", "（海上保安庁提供）", "海上保安庁提供"))),
            photos=(Photo("lead", "(via the Japan Coast Guard)", "via the Japan Coast Guard", "Patrol vessel"),
                    Photo("body", "(© Sankei by Ryota Inaba)", "Sankei by Ryota Inaba", "Senkaku Island and China (2)", cdn=True)),
            traits=_traits("quote cdn"),
        ),
        Editorial(
            "tourism", _at(2023, 9, 13, 17), "zox", "society", 11, "paired",
            links=(Link("(Read the editorial in [[Japanese]].)", "noise"),),
            original=Original(date(2023, 9, 9)),
            photos=(Photo("lead", "(©Sankei by Haruo Mizushima)", "Sankei by Haruo Mizushima", "Kyoto",
                          "Kyoto-©Sankei-%e5%9d%82-scaled-e1694000000000.jpg", cdn=True),),
            traits=_traits("quote cdn lazy"),
        ),
        Editorial(
            "cyber", _at(2023, 12, 7, 9), "zox", "economy-tech", 13, "paired",
            links=(Link("[[Read the original in Japanese]]", "plain", "top", "<p><em>{}</em></p>"),),
            original=Original(date(2023, 12, 4), style="angles"),
            photos=(Photo("lead", "(© Kyodo)", "Kyodo", "Charts", cdn=True),),
            traits=_traits("quote cdn"),
        ),
        Editorial(
            "library", _at(2024, 3, 21, 10), "gutenberg", "culture", 12, "paired",
            links=(Link("(Click here to access the [[article in Japanese]].)", "plain", "after_author"),),
            original=Original(date(2024, 3, 17), style="angles", shots=(Shot("lead", "＝松江市（髙﨑𠮷男撮影）", "髙﨑𠮷男撮影"),)),
            photos=(Photo("lead", "(© Sankei by Aya Tsukuda)", "Sankei by Aya Tsukuda", "Reading room", cdn=True),),
            traits=_traits("quote counter inline_links"),
        ),
        Editorial(
            "scooters", _at(2024, 8, 22, 19), "gutenberg", "society", 12, "gone",
            links=(Link("(Read the report in [[Japanese]].)", "plain"),),
            original=Original(date(2024, 8, 19), answer="gone410"),
            photos=(Photo("lead", "(© Sankei by Ryota Inaba)", "Sankei by Ryota Inaba", "Scooters"),
                    Photo("body", "", None, "Police")),
            traits=_traits("quote counter_inside inline_links"),
        ),
        Editorial(
            "bears", _at(2024, 11, 14, 6), "hashed_ld", "society", 13, "paired",
            links=(Link("([[Read the editorial in Japanese.]])", "plain"),),
            original=Original(date(2024, 11, 10), style="angles_split"),
            photos=(Photo("lead", "(© Kyodo)", "Kyodo", "Bear sign"),
                    Photo("body", "(Courtesy of the Kazuno Persimmon League)", "Courtesy of the Kazuno Persimmon League")),
            traits=_traits("quote"),
        ),
    )


def _from_2025() -> tuple[Editorial, ...]:
    return (
        Editorial(
            "chips", _at(2025, 2, 20, 10), "blocks", "economy-tech", 12, "paired",
            links=(Link(WIDGET, "plain", "widget"),),
            original=Original(date(2025, 2, 16), style="angles_split",
                              shots=(Shot("lead", "（佐久田彩撮影）", "佐久田彩撮影"), Shot("body", "＝ロイター", "ロイター",
                                     open="SITES 2.4 allows an agency after ＝ without saying which names are agencies"))),
            photos=(Photo("lead", "(© Sankei by Aya Tsukuda)", "Sankei by Aya Tsukuda", "Wafer"),),
            traits=_traits("quote caption_prefix"),
        ),
        Editorial(
            "ferry", _at(2025, 5, 15, 9), "blocks", "society", 11, "paired",
            links=(Link(WIDGET, "japanese", "widget"),),
            photos=(Photo("lead", "(Courtesy of Goto-Naru Shipping)", "Courtesy of Goto-Naru Shipping", "Ferry"),),
            traits=_traits("quote caption_prefix"), open=OPEN_JAPANESE, also=("unreadable", "not_captured", "no_link"),
        ),
        Editorial(
            "venue", _at(2025, 8, 28, 18), "blocks", "sports", 12, "paired",
            links=(Link(WIDGET, "plain", "widget"), Link("(Read the editorial in [[Japanese]].)", "plain")),
            original=Original(date(2025, 8, 24), style="entities"),
            photos=(Photo("lead", "©Forward Rowing Club", None, "Rowing", open=OPEN_NO_PARENTHESES),),
            traits=_traits("quote caption_prefix"),
        ),
        Editorial(
            "textbooks", _at(2025, 11, 27, 11), "blocks", "society", 14, "refused",
            links=(Link("(Read the editorial in [[Japanese]].)", "plain"),),
            original=Original(date(2025, 11, 24), style="angles", answer="forbidden"),
            photos=(Photo("lead", "(© Sankei by Ryota Inaba)", "Sankei by Ryota Inaba", "Readers"),),
            traits=_traits("quote caption_prefix"),
        ),
        Editorial(
            "pipes", _at(2026, 1, 22, 6, 30), "hashed_og", "society", 12, "paired",
            links=(Link("[[(Read the editorial in Japanese.)]]", "theme"),),
            original=Original(date(2026, 1, 19), style="angles"),
            photos=(Photo("lead", "(© Sankei by Naoki Shimabara)", "Sankei by Naoki Shimabara", "Pipe"),),
            traits=_traits("quote"),
        ),
        Editorial(
            "drones", _at(2026, 3, 12, 10), "blocks", "politics-security", 13, "unreadable",
            links=(Link(WIDGET, "plain", "widget"),),
            original=Original(date(2026, 3, 9), style="angles", answer="soft404"),
            photos=(Photo("lead", "(via the Defense Ministry)", "via the Defense Ministry", "Bridge wing"),),
            traits=_traits("quote graph"),
        ),
        Editorial(
            "emergency", _at(2026, 4, 23, 9), "blocks", "politics-security", 12, "paired",
            links=(Link(WIDGET, "plain", "widget"),),
            original=Original(date(2026, 4, 20), style="angles", pages=2),
            photos=(Photo("lead", "(© Sankei by Aya Tsukuda)", "Sankei by Aya Tsukuda", "Commission"),
                    Photo("body", "(Pool photograph)", "Pool photograph", "Diet")),
            traits=_traits("quote graph"),
        ),
        Editorial(
            "debris", _at(2026, 6, 4, 10), "blocks", "economy-tech", 13, "not_captured",
            links=(Link("(Read the editorial [[in Japanese]].)", "plain"),),
            original=Original(date(2026, 6, 1), style="angles", answer="error"),
            photos=(Photo("lead", "(© Sankei by Haruo Mizushima)", "Sankei by Haruo Mizushima", "Satellite"),),
            traits=_traits("quote graph"),
        ),
        Editorial(
            "rice", _at(2026, 9, 17, 10), "blocks", "economy-tech", 14, "paired",
            links=(Link(WIDGET, "plain", "widget"), Link("(Read the editorial in [[Japanese]].)", "plain")),
            original=Original(date(2026, 9, 14), style="angles_split", shots=(Shot("lead", "（農林水産省提供）", "農林水産省提供"),)),
            photos=(Photo("lead", "(© Sankei by Ryota Inaba)", "Sankei by Ryota Inaba", "Sacks"),),
            cites=("[[This newspaper's reporting in Japanese|news_rice]] found dealers betting on the date.",
                   "In July [[an earlier editorial|ed_storehouse]] asked who holds the keys."),
            traits=_traits("quote graph"),
        ),
        Editorial(
            "rareearth", _at(2026, 11, 12, 9), "blocks", "economy-tech", 12, "paired",
            links=(Link("[[Read the editorial in Japanese]]", "plain",
                        wrap='<div class="wp-block-buttons"><div class="wp-block-button">{}</div></div>'),),
            original=Original(date(2026, 11, 9), style="angles"),
            photos=(Photo("lead", "(via the Cabinet Office)", "via the Cabinet Office", "Deck"),),
            traits=_traits("quote graph list"),
            slug="bring-the-deep-sea-mud-of-minamitorishima-ashore",
        ),
    )
