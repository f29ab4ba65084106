"""The table of works has what the project promises to measure, and each contestant does its work on a tiny model."""

from importlib import import_module

import pytest

from engine.pairs import Asked
from engine.works import BY_NAME, WORKS
from families import TINY

PROMISED = {
    *("train-encoder", "predict-tokens", "predict-sequences", "train-decoder", "train-decoder-lora", "generate", "choices"),
    *("evaluate-memory", "million"),
}
KIND = {"encoder": "bert", "decoder": "llama"}


def test_every_promised_work_is_measured_and_all_of_it_takes_about_half_an_hour():
    assert BY_NAME.keys() == PROMISED
    assert sum(work.seconds for work in WORKS) <= 35 * 60


class Kept:
    """A baton that never leaves the hand: each turn follows at once."""

    def __init__(self, turns):
        self.turns, self.amounts = turns, []

    def take(self):
        return len(self.amounts) < self.turns

    def hand_over(self, amount):
        self.amounts.append(amount)
        return self.take()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return folder, {family: str(TINY[kind].save(folder / kind)) for family, kind in KIND.items()}


SIDES = [pytest.param(work, name, id=f"{work.name}, {name}") for work in WORKS for name in work.sides if "int8" not in name]


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(("work", "name"), SIDES)
def test_a_contestant_has_all_its_turns_and_works_in_each(work, name, tiny):
    folder, models = tiny
    side, baton = work.sides[name], Kept(2)
    module, _, function = side.function.partition(":")
    asked = Asked(models[work.family], work.quick, 2, 1, folder)
    facts = getattr(import_module(module), function)(baton, asked, **side.options)
    assert len(baton.amounts) == 2
    assert min(baton.amounts) > 0
    assert isinstance(facts, dict)
    if facts.get("loss_gap") is not None:
        assert facts["loss_gap"] < 1e-3
    if "flops" in facts:
        assert facts["flops"] > 1000


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
def test_both_sides_of_generation_say_the_same(tiny):
    from engine import writing

    folder, models = tiny
    asked = Asked(models["decoder"], 6, 1, 1, folder)
    ours = writing.ours(Kept(1), asked, task="chat", precision="fp32")
    theirs = writing.generated(Kept(1), asked, task="chat")
    assert ours["said"] == theirs["said"]
    assert len(set(ours["said"])) > 1


@pytest.mark.slow
def test_needed_operations_are_those_of_the_linear_layers_and_of_attention():
    import torch
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import BertConfig, BertForTokenClassification

    from engine.machine import flops

    config = BertConfig(
        vocab_size=50, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, num_labels=3
    )
    net = BertForTokenClassification(config)
    weights = 2 * (4 * 8 * 8 + 2 * 8 * 16) + 3 * 8
    assert flops(net, [5], 5) == 2 * weights * 5 + 4 * 8 * 2 * 25
    with FlopCounterMode(display=False) as counted:
        net(input_ids=torch.ones(1, 5, dtype=torch.long))
    assert flops(net, [5], 5) == pytest.approx(counted.get_total_flops(), rel=0.05)
