"""What runs each framing: `encode` a record, `log_p` of its answer, `decode` an answer.

`HEADS` says which head runs which framing, and `NETWORKS` on what network. A new framing takes a dataclass in `framings`, a head
here and a row in each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import transformers
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from tasktune.core import FamilyName
from tasktune.framings import Arcs, Embed, Extract, Framing, Label, Labels, Links, Mask, MaskedPair, Select, Tags, Text
from tasktune.heads.arcs import BestTree
from tasktune.heads.base import Calibration, Head
from tasktune.heads.biaffine import BiaffineParser
from tasktune.heads.choices import Choices
from tasktune.heads.conventions import of_encoder_decoder
from tasktune.heads.embed import Embedder
from tasktune.heads.forms import refuse_form, refuse_n_best
from tasktune.heads.free_text import FreeText
from tasktune.heads.label import ManyLabels, Number, OneLabel
from tasktune.heads.linker import BiaffineLinker
from tasktune.heads.links import LinkedSpans
from tasktune.heads.masked_pairs import MaskedPairs, refuse_pairs
from tasktune.heads.masked_words import MaskedWords
from tasktune.heads.pictures import Pictures
from tasktune.heads.seeing import seeing
from tasktune.heads.selection import KINDS, BestParts
from tasktune.heads.spans import BestSpan
from tasktune.heads.tags import WordTags
from tasktune.heads.writers import Seq2Seq
from tasktune.recipe import Recipe

HEADS: dict[str, type[Head]] = {
    "label-one": OneLabel,
    "label-many": ManyLabels,
    "label-number": Number,
    "tags": WordTags,
    "arcs": BestTree,
    "links": LinkedSpans,
    "extract": BestSpan,
    "select": BestParts,
    "mask": MaskedWords,
    "masked-pair": MaskedPairs,
    "embed": Embedder,
    "text-closed": Choices,
    "text-free": FreeText,
}

NETWORKS: dict[str, str | type[PreTrainedModel]] = {
    "label-one": "AutoModelForSequenceClassification",
    "label-many": "AutoModelForSequenceClassification",
    "label-number": "AutoModelForSequenceClassification",
    "tags": "AutoModelForTokenClassification",
    "arcs": BiaffineParser,
    "links": BiaffineLinker,
    "extract": "AutoModelForQuestionAnswering",
    "select": "AutoModelForTokenClassification",
    "mask": "AutoModelForMaskedLM",
    "masked-pair": "AutoModelForPreTraining",
    "embed": "AutoModel",
    "decoder": "AutoModelForCausalLM",
    "encoder-decoder": "AutoModelForSeq2SeqLM",
    "vision-language": "AutoModelForImageTextToText",
}

_PROBLEM = {
    "label-one": "single_label_classification",
    "label-many": "multi_label_classification",
    "label-number": "regression",
}


def kind(framing: Framing) -> str:
    """The key of a framing in `HEADS`."""
    match framing:
        case Label():
            return f"label-{framing.kind}"
        case Tags():
            return "tags"
        case Arcs():
            return "arcs"
        case Links():
            return "links"
        case Extract():
            return "extract"
        case Select():
            return "select"
        case Mask():
            return "mask"
        case MaskedPair():
            return "masked-pair"
        case Embed():
            return "embed"
        case Text():
            return "text-closed" if framing.closed else "text-free"


def network(framing: Framing, family: FamilyName) -> Any:
    """The class that has the layers a framing needs: one of transformers' own where it has one."""
    return network_called(kind(framing) if family == "encoder" or isinstance(framing, Embed) else family)


def network_called(name: str) -> Any:
    """The class that `NETWORKS` has under a name."""
    found = NETWORKS[name]
    return getattr(transformers, found) if isinstance(found, str) else found


def network_config(framing: Framing, labels: Labels) -> dict[str, Any]:
    """What an encoder's configuration must say for a framing: names of labels by number, and the kind of problem."""
    if kind(framing) == "label-number":
        return {"num_labels": 1, "problem_type": _PROBLEM[kind(framing)]}
    if kind(framing) == "extract":
        return {"num_labels": 2}  # a start and an end
    if kind(framing) == "select":
        return {"id2label": dict(enumerate(KINDS)), "label2id": {name: k for k, name in enumerate(KINDS)}}
    if kind(framing) in ("mask", "embed"):
        return {}  # the classes of the one are the vocabulary, and the other has none
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: k for k, label in enumerate(labels)},
        "problem_type": _PROBLEM.get(kind(framing)),
    }


def head_for(
    framing: Framing,
    family: FamilyName,
    tokenizer: PreTrainedTokenizerBase,
    labels: Labels,
    recipe: Recipe,
    max_length: int,
    net: PreTrainedModel,
    calibration: Calibration,
    pictures: Pictures | None = None,
) -> Head:
    """The head that runs a framing on a network of a family; one that sees has `pictures`, which it is given in tokens.

    Raises `InputError` where the recipe asks for a form that the framing's answers cannot have, or for more answers than it has.
    """
    framing = framing.among(labels) if isinstance(framing, Text) else framing
    refuse_form(framing, recipe.decoding)
    refuse_n_best(framing, recipe.decoding)
    if isinstance(framing, MaskedPair):
        refuse_pairs(net.config)
    head = HEADS[kind(framing)](framing, tokenizer, labels, recipe, max_length, calibration)
    if family == "encoder-decoder" and isinstance(head, FreeText | Choices):
        return replace(head, writer=Seq2Seq(of_encoder_decoder(net, tokenizer)))
    if pictures is not None and isinstance(head, FreeText | Choices):
        return replace(head, writer=seeing(net, pictures))
    return head
