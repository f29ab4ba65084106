"""Tiny checkpoints made for translation, one of each convention, with the tokenizers that transformers has for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers as hf
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

from families import LENGTH
from tasktune.models.network import quiet
from tasktune.tasks import task

_TEXTS = [text for record in task("translation").example for text in (record.text, record.answer)]
_HALVES = {
    f"{half}_{part}": n for half in ("encoder", "decoder") for part, n in (("layers", 2), ("attention_heads", 2), ("ffn_dim", 64))
}
_ENDS = ("<s>", "<pad>", "</s>", "<unk>")
_SIZE: dict[str, Any] = {"d_model": 32, "max_position_embeddings": LENGTH, "init_std": 0.3, "dropout": 0.0, **_HALVES}


def _pieces(size: int = 70) -> tuple[bytes, list[tuple[str, float]]]:
    """A SentencePiece model learnt from the task's example, as a file and as pieces with their scores."""
    made = BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_TEXTS), model_writer=made, vocab_size=size, model_type="unigram", minloglevel=2
    )
    model = sentencepiece.SentencePieceProcessor(model_proto=made.getvalue())
    return made.getvalue(), [(model.id_to_piece(k), model.get_score(k)) for k in range(len(model))]


def _saved(folder: Path, files: dict[str, bytes | Any]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return folder


def _marian(folder: Path, *codes: str) -> Any:
    """Both languages' pieces, then the padding, as OPUS-MT has them."""
    proto, pieces = _pieces()
    names = ["</s>", "<unk>", *codes, *(piece for piece, _ in pieces[3:]), "<pad>"]
    files = {"source.spm": proto, "target.spm": proto, "vocab.json": {name: k for k, name in enumerate(names)}}
    paths = _saved(folder, files)
    return hf.MarianTokenizer(str(paths / "source.spm"), str(paths / "target.spm"), str(paths / "vocab.json"), source_lang="en")


def _m2m(folder: Path) -> Any:
    proto, pieces = _pieces()
    names = ["<s>", "<pad>", "</s>", "<unk>", *(piece for piece, _ in pieces[3:])]
    paths = _saved(folder, {"sentencepiece.bpe.model": proto, "vocab.json": {name: k for k, name in enumerate(names)}})
    codes = [f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]]
    return hf.M2M100Tokenizer(str(paths / "vocab.json"), str(paths / "sentencepiece.bpe.model"), additional_special_tokens=codes)


def _coded(kind: Any) -> Any:
    return kind(vocab=[(name, 0.0) for name in _ENDS] + _pieces()[1][3:])


def _nllb() -> Any:
    """Of characters alone."""
    letters = sorted({letter for text in _TEXTS for letter in text.replace(" ", "▁")} | {"▁"})
    return hf.NllbTokenizer(vocab={name: k for k, name in enumerate([*_ENDS, *letters])}, merges=[])


def _madlad() -> Any:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *_pieces()[1][3:]]
    return hf.T5Tokenizer(vocab=pieces, extra_ids=0, additional_special_tokens=["<2de>", "<2en>", "<2zh>"])


def _bart_like(kind: Any, t: Any, **options: Any) -> Any:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    return kind(**_SIZE, **{**ends, "decoder_start_token_id": t.eos_token_id, **options}, vocab_size=len(t))


def _t5(t: Any) -> Any:
    ends = {"eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id, "decoder_start_token_id": t.pad_token_id}
    return hf.T5Config(d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=2, vocab_size=len(t), dropout_rate=0.0, **ends)


def _marian_config(t: Any) -> Any:
    return _bart_like(hf.MarianConfig, t, decoder_start_token_id=t.pad_token_id, forced_eos_token_id=None)


@dataclass(frozen=True)
class Translator:
    """A kind of checkpoint: its tokenizer, made by way of a folder, its configuration, and its names of English and German."""

    tokenizer: Callable[[Path], Any]
    config: Callable[[Any], Any]
    english: str = ""
    german: str = ""

    def save(self, folder: Path) -> Path:
        """Write the checkpoint. Its weights are drawn from a fixed seed; Marian's like nothing better than the padding."""
        tokenizer = self.tokenizer(folder.with_name(f"{folder.name}-pieces"))
        torch.manual_seed(7)
        net = hf.AutoModelForSeq2SeqLM.from_config(self.config(tokenizer))
        if net.config.model_type == "marian":
            net.final_logits_bias[0, tokenizer.pad_token_id] = 5.0
            net.generation_config.bad_words_ids = [[tokenizer.pad_token_id]]
        with quiet():
            net.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder


TRANSLATORS = {
    "marian": Translator(_marian, _marian_config),
    "marian-multi": Translator(lambda folder: _marian(folder, ">>eng<<", ">>deu<<", ">>cmn_Hans<<"), _marian_config),
    "mbart": Translator(
        lambda _: _coded(hf.MBartTokenizer),
        lambda t: _bart_like(hf.MBartConfig, t, decoder_start_token_id=None),
        "en_XX",
        "de_DE",
    ),
    "mbart-50": Translator(
        lambda _: _coded(hf.MBart50Tokenizer), lambda t: _bart_like(hf.MBartConfig, t, forced_eos_token_id=None), "en_XX", "de_DE"
    ),
    "m2m100": Translator(_m2m, lambda t: _bart_like(hf.M2M100Config, t), "en", "de"),
    "nllb": Translator(lambda _: _nllb(), lambda t: _bart_like(hf.M2M100Config, t), "eng_Latn", "deu_Latn"),
    "madlad": Translator(lambda _: _madlad(), _t5),
}
"""By name. Those without names of languages are told the target as a part of the text, or not at all."""
