"""Every reader on real files as their makers left them, counted as their makers (and the data's README) count."""

from collections.abc import Mapping

import pytest

from tasktune.datasets import records
from tasktune.readers import rows, write
from tasktune.tasks import task

KNOWN = frozenset({"text", "label", "sentence1", "sentence_a", "text_a", "quality", "messages", "sentiment", "condition_label"})


COUNTS: Mapping[str, tuple[str | None, int]] = {
    # WikiGold's README counts (1288/184) take its 99/19 -DOCSTART- lines for sentences.
    "ner/wikigold/train.conll": (None, 1288 - 99),
    "ner/wikigold/dev.conll": (None, 184 - 19),
    "oracles/conlleval/wikigold_gold_pred.txt": (None, 184 - 19),
    "ner/wnut17/wnut17train.conll": (None, 3394),
    "ner/wnut17/emerging.dev.conll": (None, 1009),
    "ner/ncbi_disease/train.tsv": (None, 5424),
    "ner/ncbi_disease/devel.tsv": (None, 923),
    "ner/resume/train.char.bmes": (None, 2200),
    "ner/resume/dev.char.bmes": (None, 463),
    "ner/weibo/weiboNER_2nd_conll.train": (None, 1350),
    "ner/weibo/weiboNER_2nd_conll.dev": (None, 270),
    "ner/cluener/train.json": (None, 1500),
    "ner/msra/sentences.txt,ner/msra/tags.txt": (None, 1200),
    "parsing/en_ewt/en_ewt-ud-train.conllu": (None, 1545),
    "parsing/en_ewt/en_ewt-ud-dev.conllu": (None, 500),
    "parsing/zh_gsdsimp/zh_gsdsimp-ud-train.conllu": (None, 400),
    "parsing/zh_gsdsimp/zh_gsdsimp-ud-dev.conllu": (None, 100),
    "classification/sst2/train.tsv": (None, 6920),
    "classification/sst2/dev.tsv": (None, 872),
    "classification/ag_news/train.csv": (None, 3600),
    "classification/ag_news/dev.csv": (None, 600),
    "classification/trec_qc/train.txt": ("labelled", 4952),
    "classification/trec_qc/dev.txt": ("labelled", 500),
    "classification/sms_spam/train.tsv": (None, 3800),
    "classification/sms_spam/dev.tsv": (None, 400),
    "classification/chnsenticorp/train.tsv": (None, 2500),
    "classification/chnsenticorp/dev.tsv": (None, 1200),
    "mlm/medical_abstracts/train.csv": (None, 1200),
    "mlm/medical_abstracts/dev.csv": (None, 200),
    "mlm/wikitext2/valid.txt": (None, 60),
    "sts/stsb_multi_mt/stsb-en-train.csv": (None, 5749),
    "sts/stsb_multi_mt/stsb-en-dev.csv": (None, 1500),
    "sts/stsb_multi_mt/stsb-zh-train.csv": (None, 5749),
    "sts/stsb_multi_mt/stsb-zh-dev.csv": (None, 1500),
    "nli/sick/SICK_train.txt": (None, 4500),
    "nli/sick/SICK_trial.txt": (None, 500),
    "nli/snli_cad/original/train.tsv": (None, 1666),
    "nli/snli_cad/revised_combined/train.tsv": (None, 6664),
    "nli/mnli/train_mismatched.tsv": (None, 1000),
    "nli/ocnli/train.json": (None, 3000),
    "nli/ocnli/dev.json": (None, 601),
    "nli/rte/rte1_dev.xml": (None, 567),
    "nli/rte/rte2_dev.xml": (None, 400),
    "nli/rte/rte3_dev.xml": (None, 800),
    "paraphrase/mrpc/msr-para-train.tsv": (None, 3576),
    "paraphrase/mrpc/msr-para-val.tsv": (None, 500),
    "paraphrase/bustm/train_few_all.json": (None, 160),
    "absa/semeval14_atsc/Laptops_Train.xml.seg": (None, 2328),
    "absa/semeval14_atsc/Restaurants_Train.xml.seg": (None, 3608),
    "absa/twitter_acl14/train.raw": (None, 2400),
    "paraphrase/eda/sst2_train_500.txt": (None, 500),
    "paraphrase/mwa_ppdb/ppdb-1.0-xxxl-lexical.extended.synonyms.uniquepairs.gz": (None, 210372),
    "topic_zh/train.txt": (None, 9000),
    "robustness/imdb_cad/train_paired.tsv": (None, 300),
    "generation/tinystories/train.txt": (None, 1300),
    "generation/tinystories/dev.txt": (None, 100),
    "generation/tinyshakespeare/train.txt": ("documents", 5000),
    "generation/pt_demo/c4_demo.jsonl": (None, 100),
    "summarization/scitldr_a/train.jsonl": (None, 900),
    "summarization/dialogsum/dev.jsonl": (None, 100),
    "summarization/t0_prompts/cnn_dailymail_3_0_0_tldr_summary.jsonl": (None, 146),
    "summarization/t0_prompts/gigaword_make_a_title.jsonl": (None, 138),
    "summarization/t0_prompts/samsum_Summarize_.jsonl": (None, 150),
    "summarization/t0_prompts/xsum_summarize_DOC.jsonl": (None, 150),
    "translation/multi30k/train.en,translation/multi30k/train.de": (None, 8000),
    "translation/multi30k/val.en,translation/multi30k/val.de,translation/multi30k/val.fr": (None, 1014),
    "translation/tatoeba_en_zh/train.tsv": (None, 9500),
    "code/nl2bash/train.nl,code/nl2bash/train.cm": (None, 5000),
    "code/conala/conala-train.json": (None, 2379),
    "extractive_qa/squad2/train.json": (None, 3675),
    "extractive_qa/squad2/dev.json": (None, 904),
    "extractive_qa/cmrc2018/train.json": (None, 740),
    "extractive_qa/xquad.zh/train.json": (None, 756),
    "absa/aste_v2/14res/train_triplets.txt": (None, 1266),
    "absa/aste_v2/14lap/dev_triplets.txt": (None, 219),
    "absa/acos/laptop_quad_train.tsv": (None, 2934),
    "absa/acos/rest16_quad_train.tsv": (None, 1530),
    "relation/conll04/train.txt": (None, 910),
    "relation/conll04/dev.txt": (None, 243),
    "chat/fastchat/dummy_conversation.json": (None, 500),
    "chat/llamafactory/alpaca_en_demo.json": (None, 837),
    "chat/llamafactory/alpaca_zh_demo.json": (None, 843),
    "chat/llamafactory/glaive_toolcall_en_demo.json": (None, 222),
    "chat/alpaca/seed_tasks.jsonl": (None, 175),
    "reasoning/gsm8k/dev.jsonl": (None, 400),
    "reasoning/svamp/SVAMP_700.json": (None, 700),
    "reasoning/aqua/dev.json": (None, 254),
    "reasoning/commonsense_qa/train.jsonl": (None, 800),
    "reasoning/bbh/word_sorting.json": (None, 60),
    "generative_qa/nq_open/dev.jsonl": (None, 410),
    "generative_qa/webquestions/val.json": (None, 755),
}


def at(shared, names):
    return ",".join(str(shared / name) for name in names.split(","))


@pytest.mark.parametrize("names", COUNTS)
def test_there_are_as_many_records_as_there_should_be(shared, names):
    format, count = COUNTS[names]
    assert sum(1 for _ in rows(at(shared, names), format, KNOWN)) == count


@pytest.mark.parametrize("names", [names for names in COUNTS if names.endswith(".conllu")])
def test_conllu_is_written_back_byte_for_byte(shared, tmp_path, names):
    write(tmp_path / "back.conllu", (row.values for row in rows(shared / names)))
    assert (tmp_path / "back.conllu").read_bytes() == (shared / names).read_bytes()


@pytest.mark.parametrize("names", ["ner/wnut17/emerging.dev.conll", "ner/ncbi_disease/devel.tsv"])
def test_conll_is_written_back_byte_for_byte(shared, tmp_path, names):
    write(tmp_path / "back.conll", (row.values for row in rows(shared / names)))
    assert (tmp_path / "back.conll").read_bytes().rstrip(b"\n") == (shared / names).read_bytes().rstrip(b"\n")


def test_weibo_is_characters(shared):
    words = [word for row in rows(shared / "ner/weibo/weiboNER_2nd_conll.train") for word in row.values["words"]]
    assert {word for word in words if len(word) > 1} == {"\ufffd\ufffd"}
    assert "".join(words).startswith("科技全方位资讯智能，快捷的汽车生活需要有三屏一云爱你")


def test_the_text_line_of_ewt_is_what_its_words_make(shared):
    sentences = list(rows(shared / "parsing/en_ewt/en_ewt-ud-dev.conllu"))
    for row in sentences:
        if not row.values["multiword"]:
            pairs = zip(row.values["words"], row.values["space_after"], strict=True)
            assert "".join(word + " " * space for word, space in pairs).strip() == row.values["text"]
    assert any(row.values["multiword"] for row in sentences)
    assert any(row.values["empty"] for row in sentences)


def test_every_real_message_has_a_known_role(shared):
    roles = {
        turn["role"]
        for names in COUNTS
        if names.startswith("chat/")
        for row in rows(shared / names, known=KNOWN)
        for turn in row.values["messages"]
    }
    assert roles == {"user", "assistant", "tool"}


@pytest.mark.parametrize("names", [names for names in COUNTS if "t0_prompts" in names])
def test_an_answer_does_not_end_in_the_sign_that_ended_it_for_another_model(shared, names):
    found = list(records(task("summarization"), shared / names))
    assert not [record.id for record in found if "<|" in record.answer or record.answer != record.answer.rstrip()]
    assert not [record.id for record in found if record.text.startswith("Summarize:")]
    assert all(record.answer and record.text for record in found)


def test_sts_scores_stay_text(shared):
    first = next(rows(shared / "sts/stsb_multi_mt/stsb-en-dev.csv"))
    assert first.values == {"1": "A man with a hard hat is dancing.", "2": "A man wearing a hard hat is dancing.", "3": "5.0"}
