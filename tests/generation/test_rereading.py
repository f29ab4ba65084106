"""A network whose memory is of another kind writes what it should, and that it is slow is said."""

from __future__ import annotations

import pytest
import torch
import transformers as hf

from tasktune.decoding import Decoding
from tasktune.generation.lanes import DecoderLanes
from tasktune.generation.loop import write
from tasktune.generation.rereading import RereadingLanes, decoder_lanes
from tasktune.generation.searches import Line
from tiny_writers import Net, manner, prompts


def test_a_state_space_model_writes_what_generate_writes() -> None:
    torch.manual_seed(3)
    net = hf.MambaForCausalLM(hf.MambaConfig(hidden_size=32, num_hidden_layers=2, vocab_size=400, state_size=4)).eval()
    with pytest.warns(UserWarning, match="mamba remembers is not of keys and values"):
        lanes = decoder_lanes(net)
    searches = [Line(prompt, prompt, manner(Decoding(), 6, end=399)) for prompt in prompts()[:3]]
    with torch.inference_mode():
        for _ in write(lanes, searches, 1000):
            pass
    for search in searches:
        ids = torch.tensor([search.prompt])
        out = net.generate(input_ids=ids, max_new_tokens=6, do_sample=False, eos_token_id=399, pad_token_id=1)
        assert search.found[0].tokens == tuple(out[0, len(search.prompt) :].tolist())


def test_what_remembers_keys_and_values_reads_each_token_once() -> None:
    assert isinstance(decoder_lanes(Net("mistral").net), DecoderLanes)
    assert isinstance(decoder_lanes(Net("gpt2").net), DecoderLanes)


def test_reading_anew_and_remembering_write_the_same() -> None:
    net = Net("llama")
    asked, sides = prompts()[:3], []
    for lanes in (DecoderLanes(net.net), RereadingLanes(net.net)):
        searches = [net.search(prompt, Decoding(beams=2), 8) for prompt in asked]
        with torch.inference_mode():
            for _ in write(lanes, searches, 1000):
                pass
        sides.append([search.found[0].tokens for search in searches])
    assert sides[0] == sides[1]
