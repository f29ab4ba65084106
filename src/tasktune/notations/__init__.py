"""How answers are spelled: tags, typed lines, label lists, numbers, tagged words. Plain Python, no model and no tensor."""
