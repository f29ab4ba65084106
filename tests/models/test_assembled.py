"""Models that see are made of an encoder and a decoder, opened by transformers, and learn: the projector first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch
import transformers as hf

import tasktune as tt
from families import TINY
from tasktune.core import InputError, Lost
from tasktune.images import plain
from tasktune.models.assembled import new_weights
from tasktune.models.network import quiet
from tasktune.tasks.vqa import TASK

_SIZE: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
_PICTURE: dict[str, Any] = {"image_size": 30, "patch_size": 10}
_PIXELS: dict[str, Any] = {"size": {"height": 30, "width": 30}, "crop_size": {"height": 30, "width": 30}}
ENCODERS = {
    "vit": (hf.ViTConfig(**_SIZE, **_PICTURE), hf.ViTImageProcessorPil),
    "clip": (
        hf.CLIPConfig(text_config={**_SIZE, "vocab_size": 50}, vision_config={**_SIZE, **_PICTURE}),
        hf.CLIPImageProcessorPil,
    ),
    "siglip": (hf.SiglipVisionConfig(**_SIZE, **_PICTURE), hf.SiglipImageProcessorPil),
    "dinov2": (hf.Dinov2Config(**_SIZE, **_PICTURE), hf.BitImageProcessorPil),
}


def encoder(kind: str, folder: Path) -> Path:
    config, processor = ENCODERS[kind]
    torch.manual_seed(3)
    with quiet():
        hf.AutoModel.from_config(config).save_pretrained(folder)
    processor(**_PIXELS).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ENCODERS)
def test_any_encoder_and_a_decoder_make_a_model_that_transformers_opens(
    kind: str, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    eyes, into = encoder(kind, tmp_path / kind), tmp_path / "vlm"
    assert "a projector of" in tt.assemble(str(eyes), str(tiny("llama")), into)
    net = hf.AutoModelForImageTextToText.from_pretrained(into)
    processor = hf.AutoProcessor.from_pretrained(into)
    turn = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Is it red?"}]}
    text = processor.apply_chat_template([turn], add_generation_prompt=True)
    assert text.count("<image>\nIs it red?") == 1
    given = processor(text=text, images=PIL.Image.new("RGB", (40, 30)), return_tensors="pt")
    assert int((given["input_ids"] == net.config.image_token_id).sum()) == 9
    assert torch.isfinite(net(**given).logits).all()
    plain_words = hf.AutoModelForCausalLM.from_pretrained(tiny("llama"))
    ids = torch.tensor([[5, 6, 7]])
    torch.testing.assert_close(net(input_ids=ids).logits[..., :-1], plain_words(input_ids=ids).logits)


def test_the_projector_learns_first_and_alone(tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: Any) -> None:
    from tasktune.models import course

    monkeypatch.setattr(course, "PROJECTOR_ALONE", 1.0)
    monkeypatch.setattr("tasktune.verbs.fit.PROJECTOR_ALONE", 1.0, raising=False)
    into = tmp_path / "vlm"
    tt.assemble(str(encoder("vit", tmp_path / "vit")), str(tiny("llama")), into)
    before = dict(hf.AutoModelForImageTextToText.from_pretrained(into).named_parameters())
    assert new_weights(into) == tuple(name for name in before if "multi_modal_projector" in name)
    records = [replace(record, id=str(k)) for k, record in enumerate(TASK.example)]
    model = tt.fit("vqa", records, records, str(into), recipe=tt.Recipe(epochs=2, batch_size=4, learning_rate=1e-3))
    for name, weight in model.net.named_parameters():
        assert torch.equal(weight, before[name]) == ("multi_modal_projector" not in name), name
    with pytest.raises(InputError, match="at random"):
        tt.untuned("vqa", str(into))


def test_adapters_leave_what_sees_alone_and_each_picture_is_looked_at_once(tiny: Callable[[str], Path]) -> None:
    records = [replace(record, id=str(k)) for k, record in enumerate(TASK.example)]
    looked: list[int] = []
    forward = hf.CLIPVisionModel.forward
    before = hf.AutoModelForImageTextToText.from_pretrained(tiny("llava")).model.vision_tower.state_dict()
    with pytest.MonkeyPatch.context() as patch:

        def counted(self: Any, pixel_values: Any, **given: Any) -> Any:
            looked.append(len(pixel_values))
            return forward(self, pixel_values, **given)

        patch.setattr(hf.CLIPVisionModel, "forward", counted)
        recipe = tt.Recipe(epochs=3, batch_size=2, lora=2, learning_rate=1e-2)
        model = tt.fit("vqa", records, records, str(tiny("llava")), recipe=recipe)
    assert sum(looked) == 4  # red; blue; red and red
    assert all(torch.equal(weight, before[name]) for name, weight in model.net.model.vision_tower.state_dict().items())


def test_beside_adapters_a_new_projector_learns_whole(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    into = tmp_path / "vlm"
    tt.assemble(str(encoder("vit", tmp_path / "vit")), str(tiny("llama")), into)
    before = dict(hf.AutoModelForImageTextToText.from_pretrained(into).named_parameters())
    records = [replace(record, id=str(k)) for k, record in enumerate(TASK.example)]
    recipe = tt.Recipe(epochs=2, batch_size=4, lora=2, learning_rate=1e-3, warmup=0)
    model = tt.fit("vqa", records, records, str(into), out=tmp_path / "tuned", recipe=recipe)
    changed = {name.split(".")[1] for name, weight in model.net.named_parameters() if not torch.equal(weight, before[name])}
    assert changed == {"multi_modal_projector", "language_model"}
    assert hf.AutoModelForImageTextToText.from_pretrained(tmp_path / "tuned").config.model_type == "llava"


def test_what_was_seen_is_forgotten_once_the_eyes_learn(tiny: Callable[[str], Path]) -> None:
    records = [replace(record, id=str(k)) for k, record in enumerate(TASK.example)]
    model = tt.fit("vqa", records, records, str(tiny("llava")), recipe=tt.Recipe(epochs=1, learning_rate=1e-6))
    before = model.predict(records)[0].score
    with torch.no_grad():
        for weight in model.net.model.vision_tower.parameters():
            weight.mul_(1.5)
    assert model.predict(records)[0].score != before


def test_a_decoder_that_scales_its_logits_is_refused(tmp_path: Path) -> None:
    config = hf.CohereConfig(**_SIZE, vocab_size=500, logit_scale=0.5, initializer_range=0.1)
    with quiet():
        hf.CohereForCausalLM(config).save_pretrained(tmp_path / "words")
    TINY["llama"].tokenizer().save_pretrained(tmp_path / "words")
    with pytest.raises(InputError, match="cannot hold this cohere, whose last layer does more than multiply"):
        tt.assemble(str(encoder("vit", tmp_path / "vit")), str(tmp_path / "words"), tmp_path / "vlm")


def test_parts_that_are_none_are_refused(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    eyes = encoder("vit", tmp_path / "vit")
    with pytest.raises(InputError, match="of the encoder family; a model that sees is assembled with a decoder"):
        tt.assemble(str(eyes), str(tiny("bert")), tmp_path / "a")
    with pytest.raises(InputError, match="a llama does not cut pictures into patches"):
        tt.assemble(str(tiny("llama")), str(tiny("llama")), tmp_path / "b")
    assert not (tmp_path / "a").exists()


def test_a_small_encoder_learns_from_pictures_or_from_their_names(tmp_path: Path) -> None:
    rows = [{"image": plain(f"#{k:02x}{200 - k:02x}40"), "label": "dark" if k < 50 else "light"} for k in range(0, 100, 10)]
    unnamed = [{"image": row["image"]} for row in rows]
    assert "to paint the masked half" in tt.new_vision(tmp_path / "a", unnamed, epochs=1)
    told = tt.new_vision(tmp_path / "b", rows, epochs=20)
    assert "to tell 2 names of pictures apart" in told
    assert float(told.split("(loss ")[1].split(")")[0]) < 0.6  # chance is 0.69 for each of the two words
    config = json.loads((tmp_path / "b" / "config.json").read_text())
    assert (config["image_size"], config["patch_size"]) == (32, 4)
    assert hf.AutoModel.from_pretrained(tmp_path / "b").config.model_type == "vit"
    with pytest.raises(InputError, match="there is no size 'huge'"):
        tt.new_vision(tmp_path / "c", rows, size="huge")


def test_models_of_text_alone_refuse_pictures_by_name(tiny: Callable[[str], Path]) -> None:
    from cases import untrained

    model = untrained(replace(tt.task("vqa"), decoder=TASK.vision_language), tiny("gpt2"))
    with pytest.raises(InputError, match="it has pictures, and this model reads text alone"):
        model.head.encode(replace(TASK.example[0], id="r"), Lost())
