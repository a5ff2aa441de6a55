"""The guard's word list: words in free text that suggest somebody's health, and the text without them.

What happens then (the warning, `Fjern`, `Send likevel`) does not live here, nor do identity numbers.

How the words are chosen: a warning that comes too often is clicked away, so a word is on the
list if it mostly tells something about one person. Therefore
- what an occupational health service sells is not on it: helsekontroll, helseattest, støttesamtale, psykolog,
  vaksine (and hepatitt, influensa), AMP, AKAN, sykefravær, rusmiddeltesting, arbeidsmedisin, hjertestarter;
- nor is what it works against: yrkessykdom, kreftfremkallende, allergi, belastningslidelser, utbrenthet;
- the singular is often on it where the plural speaks of a group: gravid, syk, lidelse, but not gravide, syke,
  lidelser;
- a compound counts only if it is on it: rus is, ruspolicy is not.
Bokmål and nynorsk; `*` stands for any letters. Words joined by a hyphen are one word, tried whole and in
parts.
"""

import re
from collections.abc import Sequence

_WORDS = """
    *diagnose* *diagnostiser* epikrise* legeerklæring* journal journalen legejournal* pasientjournal*
    sykejournal* sjukejournal* sykehistori* sjukehistori* sykdomshistori* sjukdomshistori*
    *sykmeld* *sykemeld* *sjukmeld* *sjukemeld* ufør uføretrygd* arbeidsufør* arbeidsavklaringspenger
    syk sjuk sykdom sykdommen sjukdom sjukdommen lidelse lidelsen liding lidinga

    *depresjon* depressiv* deprimert* angst* panikkanfall* utbrent psykiatri* psykiater* psykose* psykotisk*
    bipolar* schizofren* adhd ptsd autis* asperger* tourette* anoreksi* bulimi* spiseforstyrrelse*
    selvmord* sjølvmord* selvskad* sjølvskad* suicid*

    rus rusen ruset rusa ruspåvirket ruspåverka rusavhengig* rusmisbruk* rusproblem* stoffmisbruk*
    pillemisbruk* alkoholmisbruk* alkoholproblem* alkoholavhengig* alkoholiker* alkoholikar* alkoholisme*
    narkoman*

    kreft kreften kreftsyk* kreftsjuk* kreftpasient* kreftbehandling* blodkreft brystkreft hudkreft
    livmorhalskreft lungekreft prostatakreft tarmkreft *svulst* leukemi* cellegift* strålebehandl*
    epilep* diabetes* diabetik* hiv aids astma* kols migrene* *prolaps* fibromyalgi* revmati* leddgikt*
    artrose* isjias* parkinson* sklerose* allergisk allergiker allergikar hjernerystelse* senebetennelse
    gravid graviditeten abort aborten spontanabort* operert sykehusinnlagt* sjukehusinnlagt* tvangsinnlagt*

    medisin medisinen medisiner medisinene medisinar medisinane medisinering* medisinbruk* sovemedisin*
    medikament* antidepressiv* smertestillende smertestillande insulin* metadon*
"""
_LETTERS = r"[^\W_]"
_WORD = re.compile(rf"{_LETTERS}+(?:[-\u2010\u2011]{_LETTERS}+)*")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_SENSITIVE = re.compile("|".join(word.replace("*", f"{_LETTERS}*") for word in _WORDS.split()))


def words_in(text: str) -> list[str]:
    """The words that suggest health information, in order of appearance, as written, each once."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(text):
        if _is_sensitive(match[0].casefold()):
            found.setdefault(match[0].casefold(), match[0])
    return list(found.values())


def without(text: str, words: Sequence[str]) -> str:
    """The text with every occurrence of `words` gone, and the blanks and punctuation they leave behind.

    All else stays: line breaks, other words, punctuation and spacing elsewhere.
    """
    gone = {word.casefold() for word in words}
    left = _WORD_AND_HYPHEN.sub(lambda match: _GAP if match[1].casefold() in gone else match[0], text)
    if left == text:
        return text
    for traces, instead in _TRACES:
        left = traces.sub(instead, left)
    return _LAST_TRACE.sub(lambda match: match[1] or match[2] or " ", left)


def _is_sensitive(word: str) -> bool:
    parts = _HYPHEN.split(word)
    return any(_SENSITIVE.fullmatch(part) for part in ("".join(parts), *parts))


# A word that is taken out leaves a gap: a character that Unicode keeps for a program's own use, in no text.
_GAP = "\ufdd0"
_BLANK = r"[^\S\r\n]"
_WORD_AND_HYPHEN = re.compile(rf"({_WORD.pattern})[-\u2010\u2011]?")


def _around(gap: str) -> re.Pattern[str]:
    """A pattern written with # for a gap, _ for a blank that may be there and $ for the end of a line."""
    pattern = gap.replace("#", _GAP).replace("_", f"{_BLANK}?").replace("$", r"(?=[\r\n]|\Z)")
    return re.compile(pattern, re.MULTILINE)


# What a gap leaves behind, and what stays of it.
_TRACES = [
    (_around(r"[(\[«“\"']_#_[)\]»”\"']"), _GAP),  # (angst)
    (_around(rf"(?<!{_BLANK})(_){_BLANK}*#(_){_BLANK}*"), rf"\1{_GAP}\2"),  # one blank on a side is enough
    (_around(r"#(?:[,;:/]?_#)+"), _GAP),  # angst, depresjon
    (_around(r"(^_|[(\[«“\"'])#_[,;:/.!?]*_"), r"\1"),  # at the beginning: Angst, uro
    (_around(r"([,;:/.!?])_#_[,;/]"), r"\1"),  # uro, angst, stress
    (_around(r"([.!?])_#_[.!?]"), r"\1"),  # Hei. Angst. Takk.
    (_around(r"#_/_|/_#"), _GAP),  # angst/uro
    (_around(r"[,;:]?_#(?:_(?=[.!?)\]»”])|_$|(?=[\"']))"), ""),  # at the end: uro, angst.
    (_around(r"_#_(?=[,;:])"), ""),  # har angst, og
]
_LAST_TRACE = re.compile(rf"({_BLANK}?){_GAP}({_BLANK}?)")
