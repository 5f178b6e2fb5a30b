"""TEXT → English words, as the lexicon knows them: folded, without function words, cut to a stem.

The stemmer is coarse on purpose (security, secure; abduction, abduct): both the glosses and the articles go through it,
and what it confuses is rare within one article. The lexicon must be built again when this file changes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?")

#: What is one name in two or three words, or an abbreviation with the letters of a common word.
PHRASES: Final = (
    (re.compile(r"\bU\.?S\.?A?\b\.?|\bUnited States(?: of America)?\b|\bAmericans?\b"), "America"),
    (re.compile(r"\bU\.?K\.?\b\.?|\bUnited Kingdom\b|\bBritish\b|\bBritons?\b"), "Britain"),
    (re.compile(r"\bU\.?N\.?\b\.?|\bUnited Nations\b"), "UnitedNations"),
    (re.compile(r"\bE\.?U\.?\b\.?|\bEuropean Union\b"), "EuropeanUnion"),
    (re.compile(r"\bIT\b"), "InformationTechnology"),
)

STOP: Final = frozenset(
    """a an the this that these those it its he him his she her they them their we us our you your i me my mine who whom
    whose which what there here and or but nor so yet if then than as at by for from in into of off on onto out over to
    toward towards up upon via with within without about above across after against along amid among around because
    before behind below beneath beside between beyond despite down during except inside like near outside past per since
    through throughout till under until unlike while whether although though however also too very more most much many
    such some any each every either neither both few several other another same own only just even still again ever
    never not no yes be am is are was were been being do does did done doing have has had having will would shall should
    can could may might must ought let get got gotten getting how when where why oneself itself himself herself
    themselves ourselves myself yourself one ones something someone somebody anything anyone nothing etc esp eg ie
    s t d ll ve re m don didn doesn isn aren wasn weren won couldn shouldn wouldn hasn haven hadn cannot thus hence
    therefore rather quite""".split()  # noqa: SIM905 - words read better so
)

IRREGULAR: Final = {
    form: base
    for base, forms in {
        "abroad": "overseas", "acquire": "acquisition", "admit": "admission", "analyze": "analysis analyst analyses",
        "appear": "appearance", "apply": "application applicable applicant applicants", "arise": "arose arisen",
        "asia": "asian asians", "assume": "assumption", "basis": "bases", "bear": "bore borne", "beat": "beaten",
        "become": "became", "begin": "began begun", "big": "large", "break": "broke broken", "bring": "brought",
        "build": "built", "buy": "bought", "catch": "caught", "child": "children", "china": "chinese",
        "choose": "chose chosen choice", "clear": "clarify clarity", "come": "came",
        "compete": "competition competitive", "conceal": "concealment", "conclude": "conclusion",
        "consume": "consumption", "crisis": "crises", "criticize": "criticism critical critics critic",
        "deal": "dealt", "deceive": "deception", "decide": "decision", "deep": "depth deepen deepened deepening",
        "defend": "defense defence defensive", "deny": "denial", "describe": "description", "destroy": "destruction",
        "detect": "detection", "die": "dead death died dying", "divide": "division", "draw": "drew drawn",
        "drive": "drove driven", "eat": "ate eaten",
        "economy": "economic economics economical economically economist", "emphasis": "emphasize",
        "europe": "european europeans", "exclude": "exclusion exclusive", "execute": "execution",
        "exist": "existence", "expand": "expansion", "explain": "explanation", "extend": "extension extensive extent",
        "fail": "failure", "fall": "fell fallen", "farm": "farmer agriculture agricultural", "feel": "felt",
        "fight": "fought", "find": "found", "fire": "fired firing", "fly": "flew flown flight",
        "forget": "forgot forgotten", "france": "french", "free": "freedom", "freeze": "froze frozen",
        "germany": "german germans", "give": "gave given", "go": "went gone goes", "good": "better best",
        "grow": "grew grown growth", "hear": "heard", "hide": "hid hidden", "high": "height heighten heightened",
        "hold": "held", "hot": "heat", "ill": "illness", "imply": "implication", "include": "inclusion inclusive",
        "inform": "information", "intend": "intention intent", "invade": "invasion", "invest": "investment",
        "iran": "iranian iranians", "japan": "japanese", "justice": "just", "keep": "kept",
        "know": "knew known knowledge", "korea": "korean koreans", "lead": "led", "leave": "left",
        "legal": "legality", "legislate": "legislation legislative legislature", "lie": "lay lain",
        "life": "lives live alive", "long": "length", "lose": "lost loss", "maintain": "maintenance", "make": "made",
        "man": "men", "marry": "marriage", "mean": "meant", "meet": "met", "memory": "memorial",
        "nation": "national nationwide nationals", "obey": "obedience", "oppose": "opposition", "pay": "paid",
        "permit": "permission", "person": "people", "pollute": "pollution", "poor": "poverty", "press": "pressure",
        "proceed": "procedure process", "produce": "production product", "proof": "prove proven",
        "propose": "proposal proposition", "receive": "reception receipt", "recover": "recovery",
        "reduce": "reduction", "refer": "reference", "refuse": "refusal", "rely": "reliance reliable reliability",
        "remove": "removal", "repeat": "repetition repeated", "respond": "response", "restore": "restoration",
        "retain": "retention", "rise": "rose risen", "rule": "ruling", "run": "ran", "russia": "russian russians",
        "safe": "safety", "save": "salvation", "say": "said says", "science": "scientist scientific",
        "see": "saw seen", "seek": "sought", "sell": "sold sale", "send": "sent", "serve": "service servant",
        "shoot": "shot", "show": "shown", "sick": "sickness", "sign": "signature", "sit": "sat",
        "solve": "solution resolve", "speak": "spoke spoken speech", "spend": "spent", "stand": "stood",
        "steal": "stole stolen", "strike": "struck", "strong": "strength strengthen strengthened strengthening",
        "succeed": "success successful", "suspect": "suspicion suspicious", "suspend": "suspension",
        "sustain": "sustenance", "taiwan": "taiwanese", "take": "took taken", "tax": "taxation", "teach": "taught",
        "tell": "told", "tend": "tendency", "think": "thought", "threat": "threaten threatened threatening",
        "throw": "threw thrown", "true": "truth", "ukraine": "ukrainian ukrainians", "understand": "understood",
        "vary": "various variety variation", "violent": "violence", "warm": "warmth", "weak": "weaken weakness",
        "wide": "widen width", "win": "won", "woman": "women", "worse": "worst", "write": "wrote written",
        "young": "youth",
    }.items()
    for form in forms.split()
}  # fmt: skip

#: Tried in this order; what stays must have at least so many letters.
SUFFIXES: Final = (
    ("ibilities", 3), ("abilities", 3), ("ibility", 3), ("ability", 3), ("ians", 3), ("ian", 3), ("izations", 3),
    ("isations", 3), ("ization", 3), ("isation", 3), ("ational", 3), ("atively", 3), ("fulness", 3), ("iveness", 3),
    ("ations", 3), ("itions", 4), ("ically", 4), ("encies", 4), ("ancies", 4), ("ation", 3), ("ition", 4),
    ("ments", 4), ("ities", 4), ("ators", 4), ("ative", 4), ("izing", 4), ("ising", 4), ("ating", 4), ("ness", 3),
    ("ment", 4), ("ator", 4), ("ated", 4), ("ates", 4), ("ized", 4), ("ised", 4), ("izes", 4), ("ises", 4),
    ("ions", 4), ("ical", 4), ("able", 4), ("ible", 4), ("ance", 4), ("ence", 4), ("ancy", 4), ("ency", 4),
    ("ists", 4), ("isms", 4), ("ings", 4), ("ally", 4), ("ably", 4), ("ibly", 4), ("ship", 4), ("ants", 4),
    ("ents", 4), ("ful", 4), ("ing", 3), ("ion", 4), ("ity", 4), ("ive", 4), ("ate", 4), ("ize", 4), ("ise", 4),
    ("ism", 4), ("ist", 4), ("ies", 3), ("ied", 3), ("ers", 4), ("ors", 4), ("ous", 4), ("ant", 4), ("ent", 4),
    ("ial", 4), ("ed", 3), ("es", 3), ("er", 4), ("or", 4), ("al", 4), ("ly", 4), ("ic", 4), ("ia", 3), ("s", 3),
    ("e", 3), ("y", 3),
)  # fmt: skip


def stems_of(text: str) -> list[str]:
    """The stems of a text's content words, in order."""
    return [stem for word in words_of(text) if (stem := stem_of(word))]


def words_of(text: str) -> list[str]:
    """The words of a text, hyphens parting them, and with the names of `PHRASES` made one."""
    for pattern, name in PHRASES:
        text = pattern.sub(name, text)
    return WORD.findall(text)


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    """The stem of a word, or nothing if it is a function word.

    >>> stem_of("abductions"), stem_of("abducted"), stem_of("the")
    ('abduct', 'abduct', '')
    """
    word = word.casefold().replace("’", "'").partition("'")[0]
    if word in STOP or len(word) < 2:
        return ""
    word = IRREGULAR.get(word, word)
    for suffix, least in SUFFIXES:
        if word.endswith(suffix) and len(word) >= least + len(suffix):
            word = word[: -len(suffix)]
            break
    return _plain(word)


def _plain(stem: str) -> str:
    """British made American, and the ends of `planned` and `plan`, `agreed` and `agree` made the same."""
    while len(stem) > 3 and stem[-1] in "iey":
        stem = stem[:-1]
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiou":
        stem = stem[:-1]
    return stem.replace("our", "or") if len(stem) > 4 else stem
