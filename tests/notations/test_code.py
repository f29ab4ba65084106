"""Code out of what models write around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.code import block, body, clean, fenced

CODE = st.text(st.sampled_from("a` \n}#~"), max_size=40) | st.text().map(clean)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("x = 1", "x = 1"),
        ("Sure!\n```python\nx = 1\n```\nThat is it.", "x = 1"),
        ("```\na\n\nb\n```", "a\n\nb"),
        ("```py\nx = 1", "x = 1"),
        ("```\n```", ""),
        ("````\n```\nx\n```\n````", "```\nx\n```"),
        ("use `x` or ```x```", "use `x` or ```x```"),
        ("```\nfirst\n```\n```\nsecond\n```", "first"),
        ("1. Do it:\n   ```python\n   def f():\n       pass\n   ```\n2. Run it.", "def f():\n    pass"),
        ("- So:\n  ```\n  x = 1\ny\n  ```", "x = 1\ny"),
        ("/**\n * ```\n * f()\n * ```\n */", "/**\n * ```\n * f()\n * ```\n */"),
        ("* This:\n\n\t```\n\tx\n\n\ty", "x\n\ny"),
        ("1. One:\n   ```\n   a\n   ```\n\n```\nb\n```", "a"),
        ('"""Do it.\n\n    ```\n    f()\n    ```\n"""', '"""Do it.\n\n    ```\n    f()\n    ```\n"""'),
        ("```\nx = ''\n    ```\n    ''\n```", "x = ''\n    ```\n    ''"),
    ],
)
def test_what_stands_between_fences_is_the_code(written, code):
    assert block(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("    return 1\n\n\ndef g():\n    pass", "    return 1\n\n\n"),
        ("    return 1\nprint(f())", "    return 1\n"),
        ("\n    return (\n1\n)", "\n    return (\n"),
        ("    return [\n    1,\n]\n# next", "    return [\n    1,\n]\n"),
        ("  return x;\n}\n\nint main() {", "  return x;\n}\n\n"),
        (" + 1\nx = 2", " + 1\n"),
        ("x = 1\ny = 2", "x = 1\ny = 2"),
        ("```\n    return 1\nx\n```", "    return 1\nx"),
        ("- So:\n  ```\n      return 1\n  ```", "    return 1"),
        ("    '''\n    - a\n    ```\n    b\n    ```'''\nc", "    '''\n    - a\n    ```\n    b\n    ```'''\n"),
        ("    return 1", "    return 1"),
        ("", ""),
    ],
)
def test_what_goes_on_inside_of_a_function_ends_with_it(written, code):
    assert body(written) == code


@given(CODE)
def test_what_stands_between_fences_is_kept_whatever_it_is(code):
    assert block(fenced(code)) == body(fenced(code)) == code


@given(CODE)
def test_reading_only_takes_away(text):
    assert block(text) in text
    assert body(text) in text
