"""The embedding model that a user names: what gives texts the vectors by which they are compared, grouped and found."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tasktune.models.folder import FACTS, read_facts
from tasktune.models.identity import digest_of
from tasktune.models.model import Model, as_it_comes, load
from tasktune.recipe import Recipe
from tasktune.tasks import task


def embedder(model: Model | Path | str, recipe: Recipe) -> Model:
    """A model for `Model.embed`: one already opened, the folder of one tuned for embedding, or a name, folder or hub id.

    One that is tuned for embedding runs by its own recipe; any other as it comes, by `recipe`. Raises `InputError` where it lacks
    layers, so that its vectors would be at random.
    """
    if isinstance(model, Model):
        return model
    folder = Path(model)
    if (folder / FACTS).is_file() and read_facts(folder).get("task") == "embedding":
        return load(folder)
    return as_it_comes(task("embedding"), str(model), lambda _: (), recipe)


def vectors_identity(model: Model) -> str:
    """What tells the vectors of a model from others': the digest of its weights and, where it is told any, of the prompts."""
    prompts = model.head.recipe.prompts
    told = f" {sha256(repr(prompts).encode()).hexdigest()[:16]}" if prompts else ""
    return digest_of(model.net, model.new) + told
