"""How checkpoints were taught to be asked: in what words, between which special tokens, and what stands before an answer.

Encoder-decoders read the framing's prompt between the ends that their tokenizer puts around it, and write behind a start token
and what `generate` is told to force. Those made for translation read the text alone and want codes for its language or the other:

    Marian                      text </s>                           writes behind  <pad>
    Marian of several targets   >>deu<< text </s>                                  <pad>
    mBART                       text </s> en_XX                                    de_DE
    mBART-50, M2M100, NLLB      en_XX text </s>                                    </s> de_DE
    T5                          translate English to German: text </s>             <pad>
    MADLAD-400, which is a T5   <2de> text </s>                                    <pad>

All of it is read off the configuration, the tokenizer and what `generate` is told, which a saved folder keeps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, final

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.core import InputError
from tasktune.framings import Prompt
from tasktune.heads.texts import frame
from tasktune.notations.languages import nearest

Tokens = list[int]
Languages = tuple[str, str]
Template = tuple[int | Literal["source", "target"], ...]
"""Tokens, and places for the code of the language that is read, or of the one that is written."""

_CODES = {
    "marian": r">>(.+)<<",
    "mbart": r"([a-z]{2}_[A-Z]{2})",
    "m2m_100": r"([a-z]{3}_[A-Z][a-z]{3})",
    "nllb-moe": r"([a-z]{3}_[A-Z][a-z]{3})",
    "t5": r"<2(.+)>",
}
"""What the tokens that name languages look like, by type of model."""
_TARGET_IS_READ = ("marian", "t5")
"""The types of which the encoder is told the language to write in, not the decoder."""
_INFILLING = (
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),  # StarCoder, StarCoder2, Granite, StableCode
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),  # Qwen-Coder, CodeGemma
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),  # SantaCoder
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),  # DeepSeek-Coder
    ("▁<PRE>", "▁<SUF>", "▁<MID>"),  # CodeLlama, which ends with ▁<EOT>: one that was not tuned here goes on behind it
)
"""The tokens between which decoders were taught to read what stands before and behind what they write (Bavarian et al. 2022)."""
_PREFIXED = ("t5", "mt5", "umt5", "longt5")


@final
@dataclass(frozen=True, slots=True)
class Convention:
    """What is read stands between `before` and `after`, and what is written behind `opening`.

    `empty` is read where nothing else would be. `codes` are the tokens of languages, `usual` those that are meant where none is
    named. `barred` tokens are never written. `words` are those that the checkpoint was taught: the framing's own, a prefix as
    T5's, or none, for texts to be translated. `infilling` are those before a prefix, a suffix, and what is between.
    """

    before: Template = ()
    after: Template = ()
    opening: Template = ()
    empty: tuple[int, ...] = ()
    codes: Mapping[str, int] = field(default_factory=dict)
    usual: Languages = ("", "")
    barred: tuple[int, ...] = ()
    words: Literal["prompt", "prefix", "none"] = "prompt"
    infilling: tuple[str, ...] = ()

    def worded(self, prompt: Prompt) -> Prompt:
        """The prompt in the words that the checkpoint was taught, where it was taught any for this."""
        if self.words == "none" and prompt.languages is not None:
            return replace(prompt, before="", after="")
        if self.infilling and prompt.suffix:
            before, behind, between = self.infilling
            return replace(prompt, before=before, after=behind + prompt.suffix + between)
        if self.words == "prefix" and prompt.prefix:
            return replace(prompt, before=prompt.prefix, after="")
        return prompt

    def framed(self, ids: Tokens, languages: Languages | None) -> Tokens:
        """The tokens of a prompt with the special ones around them; never empty."""
        return [*self._filled(self.before, languages), *ids, *self._filled(self.after, languages)] or [*self.empty]

    def opened(self, languages: Languages | None) -> Tokens:
        """What is given to the decoder before it writes."""
        return self._filled(self.opening, languages)

    def _filled(self, template: Template, languages: Languages | None) -> Tokens:
        return [token if isinstance(token, int) else self._code(token, languages) for token in template]

    def _code(self, place: Literal["source", "target"], languages: Languages | None) -> int:
        """The token of a language. What is not a translation stays in the language that is usual for the source."""
        source, target = self.usual
        if languages is None:
            named = source if place == "source" else target or source or next(iter(self.codes))
        else:
            named = languages[0] or source if place == "source" else languages[1] or target
        code = nearest(named, self.codes)
        if code is None:
            raise InputError(
                f"{f'the model knows no {named!r}' if named else f'the model must be told the {place} language'}; say for all "
                f"records --map {place}_language==CODE, or name a column of codes. It knows: {', '.join(sorted(self.codes))}"
            )
        return self.codes[code]


@lru_cache(maxsize=8)  # asked for with every record
def of_decoder(tokenizer: PreTrainedTokenizerBase) -> Convention:
    """A prompt stands after what the tokenizer puts first; an empty one is a beginning-of-text token."""
    first = [token for token in (tokenizer.bos_token_id, tokenizer.eos_token_id) if token is not None]
    known = tokenizer.get_added_vocab()
    infilling = next((tokens for tokens in _INFILLING if known.keys() >= {*tokens}), ())
    return Convention(before=tuple(frame(tokenizer)[0]), empty=tuple(first[:1]), infilling=infilling)


def of_encoder_decoder(net: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Convention:
    """What an encoder-decoder was taught."""
    kind, told = net.config.model_type, net.generation_config
    start, forced, codes = _start_id(net), told.forced_bos_token_id, _codes(kind, tokenizer)
    before, after = (_with_places(tokens, codes) for tokens in frame(tokenizer))
    opening: Template = (start,) if forced is None else (start, forced)
    if codes and kind in _TARGET_IS_READ:
        before = ("target", *before)
    elif codes:
        opening = ("target",) if kind == "mbart" and after[-1:] == ("source",) else (start, "target")
    return Convention(
        before=before,
        after=after,
        opening=opening,
        empty=(start,),
        codes=codes,
        usual=_usual(tokenizer, codes, (forced, start)),
        barred=tuple(token for tokens in told.bad_words_ids or () for token in tokens if len(tokens) == 1),
        words="none" if codes or kind == "marian" else "prefix" if kind in _PREFIXED else "prompt",
    )


def _start_id(net: PreTrainedModel) -> int:
    """The token from which an encoder-decoder writes."""
    start = getattr(net.config, "decoder_start_token_id", None)
    return int(start if start is not None else net.config.pad_token_id or 0)


def _codes(kind: str, tokenizer: PreTrainedTokenizerBase) -> dict[str, int]:
    """The languages that a tokenizer has tokens for: those that it lists, else by what their tokens look like."""
    if kind not in _CODES:
        return {}
    if listed := getattr(tokenizer, "lang_code_to_id", None):
        return dict(listed)
    named = ((re.fullmatch(_CODES[kind], token), k) for token, k in sorted(tokenizer.get_vocab().items()))
    return {match[1]: k for match, k in named if match}


def _with_places(tokens: Tokens, codes: Mapping[str, int]) -> Template:
    """The special tokens around a text with the place of its language's code in the stead of the code that is there."""
    return tuple("source" if token in codes.values() else token for token in tokens)


def _usual(tokenizer: PreTrainedTokenizerBase, codes: Mapping[str, int], begun: tuple[int | None, int]) -> Languages:
    """The languages that the checkpoint names itself: in the tokenizer's settings, or by what each of its texts begins with."""
    names = {token: name for name, token in codes.items()}
    settings: Any = tokenizer.init_kwargs
    source = next((names[token] for part in frame(tokenizer) for token in part if token in names), "")
    return source, settings.get("tgt_lang") or next((names[token] for token in begun if token in names), "")
