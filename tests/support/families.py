"""Models of a few thousand random weights, one of each kind that tasktune must run, made on the spot: nothing is downloaded.

Each has the tokenizer of its kind (WordPiece, byte-level BPE, Unigram), learnt from the texts below, so that what a kind of
tokenizer does to a text (case, blanks, line breaks, unknown signs) happens in tests as it does in the world.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import log
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tasktune.core import FamilyName
from tasktune.models.network import quiet
from tasktune.tasks import NAMES, task
from tasktune.verbs.sample import sample_lines

LENGTH = 512
_TEXTS = [line for name in NAMES for line in sample_lines(task(name))]
_SIZE: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.1,  # so small a model says next to nothing with the usual 0.02
}
_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}  # two ways to the same gradient can be compared

CHATML = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nBe brief.<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""As SmolLM2 has it: a default system turn, and a line break after the token that ends a turn."""


def wordpiece() -> hf.PreTrainedTokenizerFast:
    """BERT's, uncased: case and accents go, blanks and line breaks are alike."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    lower, parted = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    pieces = [*special, *_pieces(lower, parted, "##", 400 - len(special))]
    tokenizer = Tokenizer(models.WordPiece({piece: k for k, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = lower, parted, decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    return _wrapped(tokenizer, names, token_types=True)


def byte_level(special: tuple[str, ...], names: dict[str, str], around: tuple[str, str] | None = None) -> Any:
    """Byte-level BPE, that of GPT-2 and its heirs: every text comes back as it was. `around` are the ends that it adds."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=[*special], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_TEXTS, trainer)
    if around:
        start, end = around
        ids = [(token, special.index(token)) for token in dict.fromkeys(around)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{start} $A {end}", pair=f"{start} $A {end} {end} $B {end}", special_tokens=ids
        )
    return _wrapped(tokenizer, names)


def unigram() -> hf.PreTrainedTokenizerFast:
    """T5's: blanks are part of words, runs of blanks and line breaks are one blank, an end after every text."""
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return _sentencepiece(("<pad>", "</s>", "<unk>"), names, "$A </s>", "$A </s> $B </s>")


def multilingual() -> hf.PreTrainedTokenizerFast:
    """XLM-R's: T5's pieces between the ends of RoBERTa, and more, so that `the` and `and`, masked in the example, are two."""
    special = ("<s>", "<pad>", "</s>", "<unk>")
    names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
    return _with_mask(_sentencepiece(special, names, "<s> $A </s>", "<s> $A </s> </s> $B </s>", 800))


def _sentencepiece(
    special: tuple[str, ...], names: dict[str, str], single: str, pair: str, size: int = 400
) -> hf.PreTrainedTokenizerFast:
    blanks = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\n", " ")])
    pieces = _pieces(blanks, pre_tokenizers.Metaspace(), "", size - len(special))
    likely = sum(pieces.values())
    scores = [*((token, 0.0) for token in special), *((piece, log(many / likely)) for piece, many in pieces.items())]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=special.index("<unk>")))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = blanks, pre_tokenizers.Metaspace(), decoders.Metaspace()
    ids = [(token, k) for k, token in enumerate(special)]
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)
    return _wrapped(tokenizer, names)


def _pieces(normal: Any, parted: Any, inside: str, count: int) -> dict[str, int]:
    """All characters and the most telling pieces of the texts' words, with how often each occurs; `inside` marks one that begins
    no word. The trainers of WordPiece and Unigram give others in each process, and with them all that a test sees would differ.
    """
    words = Counter(word for text in _TEXTS for word, _ in parted.pre_tokenize_str(normal.normalize_str(text)))
    found = Counter[str]()
    for word, many in words.items():
        for start, end in combinations(range(len(word) + 1), 2):
            found[(inside if start else "") + word[start:end]] += many
    letters = [piece for piece in found if len(piece.removeprefix(inside)) == 1]
    longer = sorted(found.keys() - letters, key=lambda piece: (-found[piece] * len(piece.removeprefix(inside)), piece))
    return {piece: found[piece] for piece in [*sorted(letters), *longer][:count]}


def _wrapped(tokenizer: Tokenizer, names: dict[str, str], *, token_types: bool = False) -> hf.PreTrainedTokenizerFast:
    inputs = ["input_ids", *(["token_type_ids"] if token_types else []), "attention_mask"]
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_input_names=inputs, model_max_length=LENGTH, clean_up_tokenization_spaces=False, **names
    )


def _roberta_like() -> Any:
    names = {"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "sep_token": "</s>"}
    names = {**names, "unk_token": "<unk>"}
    return _with_mask(byte_level(("<s>", "<pad>", "</s>", "<unk>"), names, ("<s>", "</s>")))


def _with_mask(tokenizer: Any) -> Any:
    """A mask token as RoBERTa's tokenizers have it: the blank before a word is part of what is under the mask."""
    tokenizer.add_special_tokens({"mask_token": AddedToken("<mask>", lstrip=True, special=True)})
    return tokenizer


def _gpt2() -> Any:
    return byte_level(("<|endoftext|>",), {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"})


def _chatml() -> Any:
    tokenizer = byte_level(("<|im_end|>", "<|im_start|>"), {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>"})
    tokenizer.chat_template = CHATML
    return tokenizer


@dataclass(frozen=True)
class Tiny:
    """A kind of model: its family, its tokenizer, and its configuration for a tokenizer."""

    family: FamilyName
    tokenizer: Callable[[], Any]
    config: Callable[[Any], hf.PretrainedConfig]

    def save(self, folder: Path) -> Path:
        """Write the model, with weights drawn from a fixed seed, as a folder of the kind that people download."""
        tokenizer = self.tokenizer()
        torch.manual_seed(7)
        model = getattr(hf, _AUTO[self.family]).from_config(self.config(tokenizer))
        with quiet():
            model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder


_AUTO = {"encoder": "AutoModelForMaskedLM", "decoder": "AutoModelForCausalLM", "encoder-decoder": "AutoModelForSeq2SeqLM"}


def _bert(t: Any) -> hf.PretrainedConfig:
    return hf.BertConfig(**_SIZE, **_NO_DROPOUT, vocab_size=len(t), max_position_embeddings=LENGTH, pad_token_id=t.pad_token_id)


def _roberta(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    return hf.RobertaConfig(
        **_SIZE, **_NO_DROPOUT, **ends, vocab_size=len(t), max_position_embeddings=LENGTH + 2, type_vocab_size=1
    )


def _modernbert(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    more = {
        "cls_token_id": t.cls_token_id,
        "sep_token_id": t.sep_token_id,
        "local_attention": 16,
        "global_attn_every_n_layers": 2,
    }
    return hf.ModernBertConfig(**_SIZE, **ends, **more, vocab_size=len(t), max_position_embeddings=LENGTH)


def _gpt2_config(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id}
    size = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": LENGTH, "initializer_range": 0.1}
    return hf.GPT2Config(**size, **ends, vocab_size=len(t), resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)


def _llama(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id}
    return hf.LlamaConfig(**_SIZE, **ends, num_key_value_heads=1, vocab_size=len(t), max_position_embeddings=LENGTH)


def _t5(t: Any) -> hf.PretrainedConfig:
    ends = {"eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id, "decoder_start_token_id": t.pad_token_id}
    return hf.T5Config(d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=2, vocab_size=len(t), dropout_rate=0.0, **ends)


def _bart(t: Any) -> hf.PretrainedConfig:
    ends = {"bos_token_id": t.bos_token_id, "eos_token_id": t.eos_token_id, "pad_token_id": t.pad_token_id}
    halves = {
        f"{half}_{part}": n
        for half in ("encoder", "decoder")
        for part, n in (("layers", 2), ("attention_heads", 2), ("ffn_dim", 64))
    }
    start = {"decoder_start_token_id": t.eos_token_id, "forced_eos_token_id": t.eos_token_id}
    size = {"d_model": 32, "max_position_embeddings": LENGTH, "init_std": 0.1}
    return hf.BartConfig(**size, **halves, **ends, **start, vocab_size=len(t), dropout=0.0)


TINY = {
    "bert": Tiny("encoder", wordpiece, _bert),
    "roberta": Tiny("encoder", _roberta_like, _roberta),
    "multilingual": Tiny("encoder", multilingual, _bert),
    "modernbert": Tiny("encoder", _roberta_like, _modernbert),
    "gpt2": Tiny("decoder", _gpt2, _gpt2_config),
    "llama": Tiny("decoder", _chatml, _llama),
    "t5": Tiny("encoder-decoder", unigram, _t5),
    "bart": Tiny("encoder-decoder", _roberta_like, _bart),
}
"""The kinds by name. The Llama has a chat template. The multilingual one is a BERT with the tokenizer of XLM-R, as E5 is."""

ENCODERS, DECODERS, ENCODER_DECODERS = (
    tuple(name for name, tiny in TINY.items() if tiny.family == family) for family in ("encoder", "decoder", "encoder-decoder")
)
WRITERS = (*DECODERS, *ENCODER_DECODERS)
