"""What a vision encoder that rests has seen is kept up to a limit, whatever the network behind it makes of it."""

from __future__ import annotations

import torch
from transformers.modeling_outputs import BaseModelOutputWithPooling

from tasktune.heads.kept import Kept
from tasktune.heads.tower import Tower


class Encoder(torch.nn.Module):
    """Sees ten numbers."""

    def forward(self, pixels: torch.Tensor) -> BaseModelOutputWithPooling:
        return BaseModelOutputWithPooling(last_hidden_state=pixels.repeat(1, 10))


def test_what_is_kept_is_what_was_seen_and_no_more_than_may_be() -> None:
    encoder = Encoder()
    eyes = Tower(encoder, (-1,))
    eyes._seen = Kept(most=400)
    for number in [*range(30), 29]:
        with eyes.looking_at(number):
            seen = encoder(torch.full((1, 1), float(number)))
        assert seen.pooler_output is None
        assert seen.last_hidden_state[0, 0] == number
        seen.pooler_output = torch.zeros(1000)  # as transformers' LLaVA writes what its projector makes
    assert [number for number in range(30) if eyes._seen.get(number) is not None] == [*range(20, 30)]
