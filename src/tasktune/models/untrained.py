"""Models that have learnt nothing yet: a tokenizer learnt from texts, a configuration of a usual size, weights at random.

An encoder is a BERT, a decoder a Llama. The sizes are those of BERT's miniatures (Turc et al. 2019). The folder is the field's,
with a note in `tasktune.json`, by which such a model is let learn texts and refused for everything else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForPreTraining,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from tasktune.core import InputError

SIZES: Final = {"tiny": (2, 128), "mini": (4, 256), "small": (4, 512), "medium": (8, 512), "base": (12, 768)}
"""Layers and hidden numbers of each size. A head of attention has 64 of these."""

LENGTH: Final = {"encoder": 512, "decoder": 1024}
"""Tokens that a model can read."""

_SPECIAL: Final = {
    "encoder": {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"},
    "decoder": {"eos_token": "<|endoftext|>", "unk_token": "<unk>"},
}


def usual_vocabulary(words: int) -> int:
    """Tokens that suit texts of so many words: 20 √words, so that most occur often enough to be learnt; BERT's 30,000 at most."""
    return min(30_000, max(1_000, 1_000 * round(math.sqrt(words) / 50)))


def learnt_tokenizer(texts: Iterable[str], family: str, pieces: str, vocabulary: int) -> PreTrainedTokenizerBase:
    """A tokenizer of at most so many tokens that parts words as it is best for these texts.

    Raises `InputError` for a decoder with WordPiece, which loses the blanks between words.
    """
    if family == "decoder" and pieces == "wordpiece":
        raise InputError("wordpiece loses blanks and line breaks, which a decoder writes; take bpe or unigram")
    special = _SPECIAL[family]
    tokenizer, trainer = _parts(pieces, vocabulary, special)
    tokenizer.train_from_iterator(texts, trainer)
    inputs = ["input_ids", "attention_mask"]
    if family == "encoder":
        ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
        )
        inputs = ["input_ids", "token_type_ids", "attention_mask"]
    fast: Any = PreTrainedTokenizerFast  # ships no types
    made: PreTrainedTokenizerBase = fast(
        tokenizer_object=tokenizer,
        model_input_names=inputs,
        model_max_length=LENGTH[family],
        clean_up_tokenization_spaces=False,
        **special,
    )
    return made


def _parts(pieces: str, vocabulary: int, special: dict[str, str]) -> tuple[Tokenizer, Any]:
    """A tokenizer that knows nothing, and what teaches it: BERT's way of parting words, GPT-2's (bytes are kept), or XLM-R's."""
    takes_blank = special.get("mask_token") if pieces != "wordpiece" else None  # else the blank would be a token before the mask
    own = [AddedToken(token, lstrip=token == takes_blank, special=True) for token in special.values()]
    settings: dict[str, Any] = {"vocab_size": vocabulary, "special_tokens": own, "show_progress": False}
    match pieces:
        case "wordpiece":
            tokenizer = Tokenizer(models.WordPiece(unk_token=special["unk_token"]))
            tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
            tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
            tokenizer.decoder = decoders.WordPiece()
            return tokenizer, trainers.WordPieceTrainer(**settings)
        case "bpe":
            tokenizer = Tokenizer(models.BPE())
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            tokenizer.decoder = decoders.ByteLevel()
            return tokenizer, trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **settings)
        case "unigram":
            tokenizer = Tokenizer(models.Unigram())
            tokenizer.normalizer = normalizers.NFKC()
            tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
            tokenizer.decoder = decoders.Metaspace()
            return tokenizer, trainers.UnigramTrainer(unk_token=special["unk_token"], **settings)
        case _:
            raise InputError(f"there is no tokenizer {pieces!r}; there are: wordpiece, bpe, unigram")


def untrained(tokenizer: PreTrainedTokenizerBase, family: str, size: str, seed: int) -> PreTrainedModel:
    """A network for a tokenizer, its weights drawn by `seed`."""
    layers, hidden = SIZES[size]
    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": hidden // 64,
        "max_position_embeddings": LENGTH[family],
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if family == "encoder":
            return BertForPreTraining(BertConfig(**shape, intermediate_size=4 * hidden, pad_token_id=tokenizer.pad_token_id))
        end = tokenizer.eos_token_id
        return LlamaForCausalLM(
            LlamaConfig(
                **shape,
                intermediate_size=-(-8 * hidden // 3 // 64) * 64,  # of three matrices, as many weights as of two of 4 * hidden
                tie_word_embeddings=True,
                bos_token_id=end,
                eos_token_id=end,
            )
        )
