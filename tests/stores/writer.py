"""Writes files to a store until it is killed, each of as many passages as its text says; `python writer.py kb.db SEED RENEWED`.

RENEWED is how often, of all that it does, it begins the store again.
"""

import random
import sys

import numpy as np

from tasktune.passages import Passage
from tasktune.stores import Facts, open_store

draw = random.Random(int(sys.argv[2]))
facts, renewed = Facts("m", "w", 8, "c"), float(sys.argv[3])
with open_store(sys.argv[1], "write") as store:
    store.begin(facts)
    print("ready", flush=True)
    while True:
        file, count = f"{draw.randrange(20)}.txt", draw.randrange(1, 400)
        found = [Passage(file, 10 * k, 10 * k + 9, f"{file} of{count} w{draw.randrange(999)}") for k in range(count)]
        if draw.random() < renewed:
            store.renew(facts)
        if draw.random() < 0.1:
            store.drop(file)
        else:
            store.put(file, str(count), found, np.random.default_rng(count).normal(size=(count, 8)).astype(np.float32))
