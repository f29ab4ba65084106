import json

from sections import sections

SCORE = {"value": 0.95, "low": 0.9, "high": 0.98}
VISION = {
    "date": "2026-11-22 01:00",
    "records": [8678, 978],
    "seconds": {"encoder": 40.0, "tuned": 900.0, "all": 940.0},
    "core_seconds": 930.0,
    "commands": ["models new vit", "fit vqa"],
    "scores": {"vqa_accuracy": SCORE},
    "majority": {"vqa_accuracy": 0.39},
    "blind": {"vqa_accuracy": 0.69},
    "history": [[272, 0.7], [544, 0.95]],
}
SEEING = {
    "date": "2026-11-22 01:00",
    "batch": 32,
    "steps": 20,
    "rounds": 3,
    "works": {"first epoch": {"tokens_per_second": {"tasktune": [300, 200, 100], "plain loop": [100] * 3}, "ratios": [3, 2, 1]}},
}


def test_models_that_see_have_their_sections(tmp_path):
    (tmp_path / "vision.json").write_text(json.dumps(VISION))
    (tmp_path / "seeing.json").write_text(json.dumps(SEEING))
    said = "\n\n".join(sections(tmp_path, {}))
    assert "| vqa_accuracy | 0.950 (0.900–0.980) | 0.390 | 0.690 |" in said
    assert "| 2 | 544 | 0.950 |" in said
    assert "- `tasktune fit vqa` (900 s)" in said
    assert "| first epoch | 200 | 100 | 2.00 (1.00–3.00) |" in said
