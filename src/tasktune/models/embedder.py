"""The embedding model that a user names: what gives texts the vectors by which they are compared, grouped and found."""

from __future__ import annotations

from pathlib import Path

from tasktune.models.folder import FACTS, read_facts
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
