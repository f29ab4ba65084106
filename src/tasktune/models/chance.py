"""The state of everything that draws random numbers, to go on drawing where another process stopped."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor


def state(device: torch.device) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The generators of torch (the processor's, and the device's own if it has one) as tensors; Python's and NumPy's as JSON."""
    tensors = {"cpu": torch.get_rng_state()}
    if device.type != "cpu":
        tensors["device"] = torch.get_device_module(device).get_rng_state()
    found = np.random.get_state(legacy=False)
    numpy = {**found, "state": {**found["state"], "key": found["state"]["key"].tolist()}}
    return tensors, {"python": random.getstate(), "numpy": numpy}


def restore(device: torch.device, tensors: dict[str, Tensor], rest: dict[str, Any]) -> None:
    """Put every generator where `state` found it. On another kind of device than then, its own generator is left as it is."""
    torch.set_rng_state(tensors["cpu"])
    if device.type != "cpu" and "device" in tensors:
        torch.get_device_module(device).set_rng_state(tensors["device"])
    version, keys, gauss = rest["python"]
    random.setstate((version, tuple(keys), gauss))
    np.random.set_state(rest["numpy"])
