"""Which parts of a picture moved an answer: hidden in turn, or attended to, and drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch

from cases import untrained
from tasktune.core import InputError
from tasktune.images import Image, plain
from tasktune.models.model import Model
from tasktune.tasks import task
from tasktune.tasks.vqa import VQA
from tasktune.verbs.explain import explain
from tasktune.verbs.picture_map import drawn
from tasktune.verbs.rollout import _rolled


@pytest.fixture(scope="module")
def model(tiny: Callable[[str], Path]) -> Model:
    return untrained(task("vqa"), tiny("llava"))


def cornered() -> Image:
    """White, with a black corner at the top right."""
    picture, written = PIL.Image.new("RGB", (64, 64), "white"), BytesIO()
    picture.paste("black", (48, 0, 64, 16))
    picture.save(written, "PNG")
    return Image(written.getvalue())


def size_of(path: Path) -> tuple[int, int]:
    with PIL.Image.open(path) as picture:
        return picture.size


def test_to_hide_what_is_everywhere_alike_moves_nothing(model: Model) -> None:
    found = explain(model, VQA(question="What?", images=(plain("#808080"),), answer="red"), grid=2)
    assert found.log_p < 0
    np.testing.assert_allclose(found.maps[0], np.zeros((2, 2)), atol=1e-5)


def test_what_is_hidden_where_something_is_moves_most(model: Model) -> None:
    found = explain(model, {"question": "What?", "images": [cornered()]}, grid=4)
    assert found.answer in model.head.labels  # its own, as there was none
    moved = np.abs(found.maps[0])
    assert moved.shape == (4, 4)
    assert np.unravel_index(moved.argmax(), moved.shape) == (0, 3)
    assert found.as_json()["maps"][0][0][3] == found.maps[0][0, 3]


def test_each_of_several_pictures_has_its_map(model: Model, tmp_path: Path) -> None:
    record = VQA(question="Which?", images=(cornered(), plain("#204080")), answer="blue")
    for found in (explain(model, record, grid=2), explain(model, record, "attention")):
        assert len(found.maps) == 2
        path = found.save(tmp_path / f"{found.maps[0].shape[0]}.png")
        assert size_of(path) == (448 * 2 + 8, 448)
        with pytest.raises(InputError, match="is there already"):
            found.save(path)


def test_attention_is_shared_among_all_that_is_read(model: Model) -> None:
    before = model.net.config._attn_implementation
    (found,) = explain(model, VQA(question="What?", images=(cornered(),), answer="red"), "attention").maps
    assert found.shape[0] == found.shape[1]
    assert (found >= 0).all()
    assert 0 < found.sum() < 1
    assert model.net.config._attn_implementation == before


def test_rollout_by_hand() -> None:
    first, second = torch.tensor([[1.0, 0.0], [0.5, 0.5]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    # with the residual: [[1, 0], [1/4, 3/4]] and [[1, 0], [1/2, 1/2]]; the second times the first
    torch.testing.assert_close(_rolled([first, second]), torch.tensor([[1.0, 0.0], [0.625, 0.375]]))


def test_a_record_without_a_picture_is_refused(model: Model) -> None:
    with pytest.raises(InputError, match="there is no picture in this record of vqa"):
        explain(model, VQA(question="What?", images=(), answer="red"))


def test_a_map_is_red_where_it_is_above_and_blue_where_it_is_below_zero() -> None:
    white = PIL.Image.new("RGB", (40, 20), "white")
    sheet = drawn([white], [np.array([[1.0, 0.0, -0.5]])])
    assert sheet.size == (448, 224)
    left, middle, right = (sheet.getpixel((x, 100)) for x in (40, 224, 420))
    assert left[0] > left[2]
    assert middle == (255, 255, 255)
    assert right[2] > right[0] > left[2]  # and paler, as it is nearer to 0
    assert drawn([white], [np.zeros((2, 2))]).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.slow
def test_explain_from_the_command_line(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasktune.cli import app
    from tasktune.verbs.sample import sample

    folder = replace(model, facts={"made": {}}).save(tmp_path / "model")
    data = sample("vqa", tmp_path / "data")
    arguments = ["explain", str(folder), str(data), "--grid", "2", "--record", "2", "--out", str(tmp_path / "map.png")]
    app(arguments, standalone_mode=False)
    assert capsys.readouterr().out.startswith("blue: log p -")
    assert size_of(tmp_path / "map.png") == (448, 448)
    with pytest.raises(InputError, match="has no record 9"):
        app([*arguments[:6], "9", *arguments[7:-1], str(tmp_path / "b.png")], standalone_mode=False)
