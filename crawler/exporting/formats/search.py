"""TEXT → words that SQLite finds, in English and Japanese; and what is typed → a query for them.

FTS5's own tokenizers find in Japanese nothing, or only what has three characters and more. So each run of Japanese
characters is indexed by its pairs: 憲法改正 as 憲法, 法改, 改正 and 正, and a longer word is found as the phrase of its
pairs. Half and full width are the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Kana (with the long mark) and ideographs (with their repeat mark), as a class of characters has them.
CHARACTERS: Final = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
#: Runs of them.
JAPANESE: Final = re.compile(f"[{CHARACTERS}]+")
#: The same, or a word of other letters and digits.
WORD: Final = re.compile(rf"[{CHARACTERS}]+|(?:(?![{CHARACTERS}])[^\W_])+")
TOKENIZER: Final = "unicode61 remove_diacritics 2"
NOTHING: Final = '""'  # a query that FTS5 takes, and that no text answers


def indexed(text: str | None) -> str | None:
    """The text as it is indexed."""
    if text is None:
        return None
    return JAPANESE.sub(_pairs, unicodedata.normalize("NFKC", text))


def query_of(words: str) -> str:
    """What FTS5 is asked for texts that hold all of these words: `query_of("憲法改正 Taiwan")`.

    Where there is no word (nothing at all, 。, 👪) it is `NOTHING`, which finds nothing.
    """
    phrases = (_phrase(WORD.findall(word)) for word in unicodedata.normalize("NFKC", words).split())
    return " ".join(phrase for phrase in phrases if phrase) or NOTHING


def _phrase(parts: list[str]) -> str:
    """The query for words and runs that follow each other."""
    tokens, is_begun = list[str](), False
    for last, part in ((number == len(parts), part) for number, part in enumerate(parts, 1)):
        if not JAPANESE.match(part):
            tokens.append(part)
        else:
            tokens += [part[at : at + 2] for at in range(len(part) - 1)]
            if not last or len(part) == 1:
                tokens.append(part[-1])  # which ends a run, or begins one that may go on
                is_begun = last
    return f'"{" ".join(tokens)}"{" *" * is_begun}' if tokens else ""


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    return f" {' '.join(characters[at : at + 2] for at in range(len(characters)))} "
