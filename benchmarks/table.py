"""The runs of the benchmark, a row each, the most telling first.

Every run is made twice: by the commands that a user of tasktune types, and by a plain transformers `Trainer` script on the same
records, with the same model, epochs, batch size, learning rate, warm-up, weight decay, clipping and seed. Those are tasktune's
defaults for the family of the model unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Run:
    """One task on one data set with one model.

    `train` and `dev` are files under the shared data; `records` says how many of each to take, evenly spaced (`None`: all).
    `options` are recipe options beyond the defaults. `minutes` is an estimate of both sides together on two AVX2 cores.
    A run goes `alone` where transformers has no model for the framing, or the same comparison is made on another row.
    """

    name: str
    task: str
    model: str
    train: str
    dev: str
    minutes: float
    records: tuple[int | None, int | None] = (None, None)
    mapping: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    options: Mapping[str, float | str] = field(default_factory=dict)
    alone: bool = False


_WIKIGOLD = ("ner/wikigold/train.conll", "ner/wikigold/dev.conll")
_SST2 = ("classification/sst2/train.tsv", "classification/sst2/dev.tsv")
_SICK = ("nli/sick/SICK_train.txt", "nli/sick/SICK_trial.txt")
_DIALOGSUM = ("summarization/dialogsum/train.jsonl", "summarization/dialogsum/dev.jsonl")
_STORIES = ("generation/tinystories/train.txt", "generation/tinystories/dev.txt")
_ALPACA = ("chat/llamafactory/alpaca_en_demo.json", "chat/llamafactory/alpaca_en_demo.json")  # has no dev split: cut apart
_EWT = ("parsing/en_ewt/en_ewt-ud-train.conllu", "parsing/en_ewt/en_ewt-ud-dev.conllu")
_AG_NEWS = ("classification/ag_news/train.csv", "classification/ag_news/dev.csv")
_TREC = ("classification/trec_qc/train.txt", "classification/trec_qc/dev.txt")
_SMS = ("classification/sms_spam/train.tsv", "classification/sms_spam/dev.tsv")
_STSB = ("sts/stsb_multi_mt/stsb-en-train.csv", "sts/stsb_multi_mt/stsb-en-dev.csv")
_SNLI = ("nli/snli_cad/original/train.tsv", "nli/snli_cad/original/dev.tsv")
_GSDSIMP = ("parsing/zh_gsdsimp/zh_gsdsimp-ud-train.conllu", "parsing/zh_gsdsimp/zh_gsdsimp-ud-dev.conllu")
_SQUAD2 = ("extractive_qa/squad2/train.json", "extractive_qa/squad2/dev.json")
_XQUAD = ("extractive_qa/xquad.en/train.json", "extractive_qa/xquad.en/dev.json")
_REST16 = ("absa/acos/rest16_quad_train.tsv", "absa/acos/rest16_quad_dev.tsv")
_WNUT17 = ("ner/wnut17/wnut17train.conll", "ner/wnut17/emerging.dev.conll")
_NCBI = ("ner/ncbi_disease/train.tsv", "ner/ncbi_disease/devel.tsv")
_14RES = ("absa/aste_v2/14res/train_triplets.txt", "absa/aste_v2/14res/dev_triplets.txt")
_REST14 = ("absa/semeval14_atsc/Restaurants_Train.xml.seg",) * 2
_TWITTER = ("absa/twitter_acl14/train.raw",) * 2
_SEMEVAL2010 = ("relation/semeval2010_task8/TRAIN_FILE.TXT", "relation/semeval2010_task8/DEV_FILE.TXT")
_CONLL04 = ("relation/conll04/train.txt", "relation/conll04/dev.txt")
_MNLI = ("nli/mnli/train_mismatched.tsv", "nli/mnli/dev_matched.tsv")
_RTE = ("nli/rte/rte3_dev.xml",) * 2
_MRPC = ("paraphrase/mrpc/msr-para-train.tsv", "paraphrase/mrpc/msr-para-val.tsv")
_SCITLDR = ("summarization/scitldr_a/train.jsonl", "summarization/scitldr_a/dev.jsonl")
_WEIBO = ("ner/weibo/weiboNER_2nd_conll.train", "ner/weibo/weiboNER_2nd_conll.dev")
_MSRA = ("ner/msra/sentences.txt,ner/msra/tags.txt",) * 2
_WIKITEXT = ("mlm/wikitext2/valid.txt",) * 2
_CNN = ("summarization/t0_prompts/cnn_dailymail_3_0_0_tldr_summary.jsonl",) * 2
_RESUME = ("ner/resume/train.char.bmes", "ner/resume/dev.char.bmes")
_CLUENER = ("ner/cluener/train.json",) * 2
_CMRC = ("extractive_qa/cmrc2018/train.json", "extractive_qa/cmrc2018/dev.json")
_OCNLI = ("nli/ocnli/train.json", "nli/ocnli/dev.json")
_BUSTM = ("paraphrase/bustm/train_few_all.json", "paraphrase/bustm/dev_few_all.json")
_STSB_ZH = ("sts/stsb_multi_mt/stsb-zh-train.csv", "sts/stsb_multi_mt/stsb-zh-dev.csv")
_THUCNEWS = ("topic_zh/train.txt", "topic_zh/dev.txt")
_CHNSENTI = ("classification/chnsenticorp/train.tsv", "classification/chnsenticorp/dev.tsv")
_MULTI30K = (
    "translation/multi30k/train.en,translation/multi30k/train.de",
    "translation/multi30k/val.en,translation/multi30k/val.de",
)
_WEBQUESTIONS = ("generative_qa/webquestions/trainmodel.json", "generative_qa/webquestions/val.json")
_SVAMP = ("reasoning/svamp/SVAMP_700.json",) * 2
_GSM8K = ("reasoning/gsm8k/train.jsonl", "reasoning/gsm8k/dev.jsonl")
_NL2BASH = ("code/nl2bash/train.nl,code/nl2bash/train.cm", "code/nl2bash/dev.nl,code/nl2bash/dev.cm")
_HOTPOTQA = ("retrieval/hotpotqa/hotpotqa_train.json",) * 2
_RELATEDNESS = {"text": "sentence_A", "pair": "sentence_B", "answer": "relatedness_score"}
_PAIR_SCORE = {"text": "1", "pair": "2", "answer": "3"}
_TEXT_LABEL = {"text": "1", "answer": "2"}
_PARSER = {"learning_rate": 2e-4, "epochs": 16, "evaluations": 0.25}
_TENDER = {"learning_rate": 2e-4}
"""A small encoder at work on hundreds of records learns little at the rates that suit large ones on many."""
_SHORT = {
    "batch_size": 4,
    "epochs": 1,
    "max_new_tokens": 32,
}  # few and long records: more steps of fewer, and `predict` does not write stories

_BRIEF = {"batch_size": 4, "epochs": 1, "max_new_tokens": 48}
_WRITTEN = {"batch_size": 8, "epochs": 1}
_TRANSLATED, _ANSWERED, _RECKONED = {"max_new_tokens": 40}, {"max_new_tokens": 12}, {"max_new_tokens": 16}
_GENERATIVE = "question-answering-generative"

RUNS = (
    Run("wikigold", "ner", "minilm", *_WIKIGOLD, 4.0),
    Run("squad2", "question-answering", "minilm", *_SQUAD2, 5.5, (160, 80)),
    Run("xquad", "question-answering", "minilm", *_XQUAD, 8.0, (480, 120), options={"epochs": 5}),
    Run("sst2", "classification", "minilm", *_SST2, 3.0, (900, 436), _TEXT_LABEL),
    Run("sick", "nli", "minilm", *_SICK, 2.5, (1000, None)),
    Run("ewt", "pos", "minilm", *_EWT, 3.0, (400, 150)),
    Run("agnews", "classification", "minilm", *_AG_NEWS, 2.5, (240, 150), {"answer": "1", "text": "2", "pair": "3"}),
    Run("trec", "classification", "minilm", *_TREC, 2.5, (800, 200), {}, "labelled"),
    Run("sms", "classification", "minilm", *_SMS, 2.5, (240, 150), {"answer": "1", "text": "2"}),
    Run("stsb", "regression", "minilm", *_STSB, 2.5, (320, 150), _PAIR_SCORE),
    Run("snli", "nli", "minilm", *_SNLI, 2.5, (320, None)),
    Run("rest16", "multilabel", "minilm", *_REST16, 6.0, (800, 200), options={"epochs": 8}),
    Run(
        "sst2-decoder", "classification", "smollm2", *_SST2, 6.0, (300, 100), _TEXT_LABEL, options={"batch_size": 8, "epochs": 1}
    ),
    Run("sick-decoder", "nli", "smollm2", *_SICK, 6.0, (240, 80), options={"batch_size": 8, "epochs": 1}),
    Run("wikigold-decoder", "ner", "smollm2", *_WIKIGOLD, 4.0, (150, 30), options={"batch_size": 8, "epochs": 2}),
    Run("dialogsum-decoder", "summarization", "smollm2", *_DIALOGSUM, 5.0, (24, 16), options=_BRIEF),
    Run("tinystories-decoder", "generation", "smollm2", *_STORIES, 4.0, (22, 12), options=_SHORT),
    Run("alpaca-decoder", "chat", "smollm2", *_ALPACA, 4.0, (30, 12), options=_SHORT),
    Run("multi30k-decoder", "translation", "smollm2", *_MULTI30K, 8.0, (100, 40), options=_WRITTEN | _TRANSLATED),
    Run("webquestions-decoder", _GENERATIVE, "smollm2", *_WEBQUESTIONS, 8.0, (300, 120), options=_WRITTEN | _ANSWERED),
    Run("svamp-decoder", "reasoning", "smollm2", *_SVAMP, 8.0, (90, 60), options=_WRITTEN | _RECKONED),
    Run(
        "gsm8k-decoder",
        "reasoning",
        "smollm2",
        *_GSM8K,
        6.0,
        (60, 40),
        options={"batch_size": 4, "epochs": 1, "max_new_tokens": 120},
    ),
    Run("nl2bash-decoder", "code", "smollm2", *_NL2BASH, 8.0, (130, 60), options=_WRITTEN | _TRANSLATED),
    Run("sst2-enc-dec", "classification", "minilm2minilm", *_SST2, 2.5, (160, 80), _TEXT_LABEL),
    Run("sick-enc-dec", "nli", "minilm2minilm", *_SICK, 2.5, (160, 80)),
    Run("wikigold-enc-dec", "ner", "minilm2minilm", *_WIKIGOLD, 4.0, (600, 40), options={"epochs": 6}),
    Run("dialogsum-enc-dec", "summarization", "minilm2minilm", *_DIALOGSUM, 2.5, (24, 8), options={"batch_size": 8}),
    Run(
        "tinystories-enc-dec",
        "generation",
        "minilm2minilm",
        *_STORIES,
        2.5,
        (32, 16),
        options={"max_new_tokens": 32, "batch_size": 8},
    ),
    Run("multi30k-enc-dec", "translation", "minilm2minilm", *_MULTI30K, 3.0, (300, 40), options=_TRANSLATED),
    Run("webquestions-enc-dec", _GENERATIVE, "minilm2minilm", *_WEBQUESTIONS, 3.0, (300, 120), options=_ANSWERED),
    Run("svamp-enc-dec", "reasoning", "minilm2minilm", *_SVAMP, 3.0, (180, 60), options=_RECKONED),
    Run("nl2bash-enc-dec", "code", "minilm2minilm", *_NL2BASH, 3.0, (300, 60), options=_TRANSLATED),
    Run("ewt-parsing", "dependency-parsing", "minilm", *_EWT, 12.0, options=_PARSER, alone=True),
    Run("wnut17", "ner", "minilm", *_WNUT17, 4.0, (1200, 400), options=_TENDER, alone=True),
    Run("ncbi", "ner", "minilm", *_NCBI, 4.0, (800, 270), options=_TENDER, alone=True),
    Run("14res-aspects", "aspect-sentiment", "minilm", *_14RES, 4.0, options=_TENDER, alone=True),
    Run("14res-triplets", "opinion-triplets", "minilm", *_14RES, 5.0, options=_TENDER | {"epochs": 8}, alone=True),
    Run("rest16-quadruples", "opinion-quadruples", "minilm", *_REST16, 5.0, options=_TENDER | {"epochs": 8}, alone=True),
    Run("rest-polarity", "aspect-polarity", "minilm", *_REST14, 3.0, (1125, 300), options=_TENDER, alone=True),
    Run("twitter-polarity", "aspect-polarity", "minilm", *_TWITTER, 3.0, (1125, 300), options=_TENDER, alone=True),
    Run("semeval2010", "relation", "minilm", *_SEMEVAL2010, 7.0, (1600, 600), options=_TENDER, alone=True),
    Run("conll04", "relation-extraction", "minilm", *_CONLL04, 7.0, options=_TENDER | {"epochs": 8}, alone=True),
    Run("mnli", "nli", "minilm", *_MNLI, 3.0, (750, 375), {"premise": "2", "hypothesis": "3", "answer": "1"}, alone=True),
    Run("rte", "nli", "minilm", *_RTE, 4.0, (600, None), alone=True),
    Run("mrpc", "paraphrase", "minilm", *_MRPC, 5.0, (1500, None), alone=True),
    Run("scitldr", "summarization-extractive", "minilm", *_SCITLDR, 5.0, (300, 150), options={"epochs": 2}, alone=True),
    Run("cnn", "summarization-extractive", "minilm", *_CNN, 4.0, (100, 29), options={"epochs": 2}, alone=True),
    Run("sick-relatedness", "regression", "minilm", *_SICK, 3.0, (600, 250), _RELATEDNESS, alone=True),
    Run("wikitext", "mask", "minilm", *_WIKITEXT, 4.0, (8, 4), options={"epochs": 2, "max_length": 256}, alone=True),
    Run("wikitext-decoder", "mask", "smollm2", *_WIKITEXT, 6.0, (3, 1), options={"epochs": 1, "max_length": 512}, alone=True),
    Run("stsb-embedding", "embedding", "minilm", *_STSB, 4.0, (1500, 500), _PAIR_SCORE, options={"epochs": 1}, alone=True),
    Run("hotpotqa", "reranking", "minilm", *_HOTPOTQA, 6.0, (150, 40), options={"epochs": 2, "max_length": 256}, alone=True),
    Run("gsdsimp-parsing", "dependency-parsing", "me5-small", *_GSDSIMP, 5.5, (340, 100), options=_PARSER, alone=True),
    Run("gsdsimp-pos", "pos", "me5-small", *_GSDSIMP, 2.5, (400, 150), options={"epochs": 4}, alone=True),
    Run("weibo", "ner", "me5-small", *_WEIBO, 8.0, (400, 150), alone=True),
    Run("msra", "ner", "me5-small", *_MSRA, 3.5, (280, 105), options={"epochs": 6}, alone=True),
    Run("resume", "ner", "me5-small", *_RESUME, 3.5, (280, 105), options={"epochs": 6}, alone=True),
    Run("cluener", "ner", "me5-small", *_CLUENER, 3.5, (280, 105), options={"epochs": 6}, alone=True),
    Run("cmrc", "question-answering", "me5-small", *_CMRC, 6.0, (130, 65), options={"epochs": 2}, alone=True),
    Run("ocnli", "nli", "me5-small", *_OCNLI, 3.0, (600, 225), options={"epochs": 4, "lossy": "drop"}, alone=True),
    Run("bustm", "paraphrase", "me5-small", *_BUSTM, 2.0, alone=True),
    Run("stsb-zh", "regression", "me5-small", *_STSB_ZH, 2.5, (600, 300), _PAIR_SCORE, options={"epochs": 4}, alone=True),
    Run("thucnews", "classification", "me5-small", *_THUCNEWS, 3.0, (750, 300), _TEXT_LABEL, alone=True),
    Run("chnsenticorp", "classification", "me5-small", *_CHNSENTI, 5.0, (300, 150), alone=True),
)
BY_NAME = {run.name: run for run in RUNS}
