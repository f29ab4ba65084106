"""Languages by the names that they go by: `de`, `deu`, `de_DE`, `deu_Latn`, `German` are one.

A name is a code of ISO 639 (two letters, or three) or the English name, and may go on with a script or a region, as in `zh-Hant`,
`pt_BR`, `en_XX` (mBART's) and `eng_Latn` (NLLB's).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_TABLE = """
af afr Afrikaans; am amh Amharic; ar ara arb Arabic; as asm Assamese; ast Asturian; az aze azj Azerbaijani; ba bak Bashkir;
be bel Belarusian; bg bul Bulgarian; bn ben Bengali; bo bod tib Tibetan; br bre Breton; bs bos Bosnian; ca cat Catalan;
ceb Cebuano; ckb Kurdish_(Sorani); cs ces cze Czech; cy cym wel Welsh; da dan Danish; de deu ger German; el ell gre Greek;
en eng English; eo epo Esperanto; es spa Spanish; et est ekk Estonian; eu eus baq Basque; fa fas per pes Persian;
ff ful fuv Fulah; fi fin Finnish; fo fao Faroese; fr fra fre French; fy fry Frisian; ga gle Irish; gd gla Gaelic;
gl glg Galician; gn grn Guarani; gu guj Gujarati; ha hau Hausa; he heb iw Hebrew; hi hin Hindi; hr hrv Croatian; ht hat Haitian;
hu hun Hungarian; hy hye arm Armenian; id ind Indonesian; ig ibo Igbo; ilo Ilocano; is isl ice Icelandic; it ita Italian;
ja jpn Japanese; jv jav Javanese; ka kat geo Georgian; kk kaz Kazakh; km khm Khmer; kn kan Kannada; ko kor Korean;
ku kur kmr Kurdish; ky kir Kyrgyz; la lat Latin; lb ltz Luxembourgish; lg lug Luganda; ln lin Lingala; lo lao Lao;
lt lit Lithuanian; lv lav lvs Latvian; mg mlg plt Malagasy; mi mri mao Maori; mk mkd mac Macedonian; ml mal Malayalam;
mn mon khk Mongolian; mr mar Marathi; ms msa may zsm Malay; mt mlt Maltese; my mya bur Burmese; ne nep npi Nepali;
nl nld dut Dutch; nn nno Nynorsk; no nor nb nob Norwegian; ny nya Chichewa; oc oci Occitan; or ori ory Odia; pa pan Punjabi;
pl pol Polish; ps pus pbt Pashto; pt por Portuguese; ro ron rum Romanian; ru rus Russian; rw kin Kinyarwanda; sa san Sanskrit;
sd snd Sindhi; si sin Sinhala; sk slk slo Slovak; sl slv Slovenian; sm smo Samoan; sn sna Shona; so som Somali;
sq sqi alb als Albanian; sr srp Serbian; ss ssw Swati; st sot Sotho; su sun Sundanese; sv swe Swedish; sw swa swh Swahili;
ta tam Tamil; te tel Telugu; tg tgk Tajik; th tha Thai; ti tir Tigrinya; tk tuk Turkmen; tl tgl fil Tagalog; tn tsn Tswana;
tr tur Turkish; tt tat Tatar; ug uig Uyghur; uk ukr Ukrainian; ur urd Urdu; uz uzb uzn Uzbek; vi vie Vietnamese; wo wol Wolof;
xh xho Xhosa; yi yid ydd Yiddish; yo yor Yoruba; yue Cantonese; zh zho chi cmn Chinese; zu zul Zulu
"""
"""A language a row: its codes, the first of them its key here, and its English name."""

_SCRIPTS = {"cn": "hans", "sg": "hans", "simplified": "hans", "tw": "hant", "hk": "hant", "mo": "hant", "traditional": "hant"}
"""How Chinese is written where a region or an adjective stands for it."""
_USUAL = {"zh": "hans", "sr": "cyrl", "az": "latn"}
"""The script of a language that has several, where none is named."""


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """The key of every name, and the English name of every key."""
    keys, names = dict[str, str](), dict[str, str]()
    for row in _TABLE.split(";"):
        key, *others = row.split()
        names[key] = others[-1].replace("_", " ")
        keys |= {name.lower(): key for name in (key, *others)}
    return keys, names


@cache
def _parts(language: str) -> tuple[str, frozenset[str]]:
    """The key of a language, and what its name goes on with; the name itself where it is not in the table."""
    first, *more = re.split(r"[-_\s()]+", language.strip().strip("()").lower())
    return _table()[0].get(first, first), frozenset(_SCRIPTS.get(part, part) for part in more if part and part != "xx")


def is_language(name: str) -> bool:
    """Whether a name is one of a language in the table."""
    return _parts(name)[0] in _table()[1]


def english_name(language: str) -> str:
    """What a language is called in English; where that is not known, its name as it is."""
    return _table()[1].get(_parts(language)[0], language)


def agree(one: str, other: str) -> bool:
    """Whether two names may be of the same: neither of two languages, nor of two scripts or two regions of one."""
    (key, more), (other_key, others) = _parts(one), _parts(other)
    parted = ([{part for part in parts if len(part) == length} for parts in (more, others)] for length in (4, 2))
    return key == other_key and all(not mine or not theirs or mine & theirs for mine, theirs in parted)


def nearest(language: str, codes: Iterable[str]) -> str | None:
    """Of several codes the one that names a language, in its script or region where one is named. `None` where none does."""
    key, more = _parts(language)
    wanted = more or {_USUAL.get(key, "")}
    fitting = [code for code in codes if _parts(code)[0] == key]
    return max(fitting, key=lambda code: (code == language, _parts(code)[1] == more, len(_parts(code)[1] & wanted)), default=None)
