"""An encoder-decoder made from an encoder: read by it, written by it.

Source: Rothe, Narayan & Severyn (2020), "Leveraging Pre-trained Checkpoints for Sequence Generation Tasks", their BERT2BERT:
encoder and decoder both begin as the encoder; the decoder's self-attention becomes causal; its cross-attention is new.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SEED = 2020  # of what is new, so that everyone starts from the same weights


def warm_start(encoder_folder: Path, out: Path) -> None:
    """Write an encoder-decoder, both halves begun as the encoder in `encoder_folder`, to `out`, an empty folder.

    New, drawn from a fixed seed, are the cross-attention and the transform before the output layer; the output layer itself is
    tied to the decoder's embeddings. Writing begins with the tokenizer's `cls` token and ends at its `sep` token.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer, EncoderDecoderConfig, EncoderDecoderModel

    tokenizer = AutoTokenizer.from_pretrained(encoder_folder, trust_remote_code=False)
    encoder = AutoModel.from_pretrained(encoder_folder, use_safetensors=True, trust_remote_code=False)
    encoder.config._name_or_path = ""  # where it lay here says nothing elsewhere
    ends = {
        "decoder_start_token_id": tokenizer.cls_token_id,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = EncoderDecoderConfig.from_encoder_decoder_configs(encoder.config, deepcopy(encoder.config), **ends)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model: Any = EncoderDecoderModel(config)
    weights = encoder.state_dict()
    model.encoder.load_state_dict(weights)
    left = model.decoder.base_model.load_state_dict(weights, strict=False)
    assert all("crossattention" in name for name in left.missing_keys), left.missing_keys
    assert all("pooler" in name for name in left.unexpected_keys), left.unexpected_keys
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
