import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.prompts import alignment
from app.prompts.diffing import Change, Diff, Hunk, Line, Word, diff, diff_messages, diff_values

LINES = st.lists(
    st.sampled_from(["", "a", "a b", "{{ x }}", "{{ x|upper }} b", "漢字", "{% if a -%}", "\r", "\u2028"]),
    max_size=12,
)  # fmt: skip
TEXTS = st.tuples(LINES.map("\n".join), st.sampled_from(["", "\n"])).map("".join) | st.text(
    alphabet="ab {}|\n", max_size=30
)


def applied(patch: str, old: str) -> str:
    """A patch tool in small: follows hunk headers and checks every line it keeps or removes."""
    source = re.findall(r"[^\n]*\n|[^\n]+", old)
    result: list[str] = []
    position = 0
    rows = re.findall(r"[^\n]*\n", patch.replace("\n\\ No newline at end of file\n", "\0\n"))[2:]
    for row in rows:
        sign, line = row[0], row[1:].replace("\0\n", "")
        if sign == "@":
            start, count = re.fullmatch(r"@@ -(\d+)(,\d+)? \+.*\n", row).groups()
            target = int(start) - (count != ",0")
            result += source[position:target]
            position = target
        elif sign == "+":
            result.append(line)
        else:
            assert line == source[position]
            position += 1
            result += [line] * (sign == " ")
    return "".join(result + source[position:])


def words_of(found: Diff, *ops: str) -> str:
    words = (word for hunk in found.hunks for line in hunk.lines for word in line.words)
    return "".join(word.text for word in words if word.op in ops)


@given(TEXTS, TEXTS)
def test_hunks_hold_both_texts_whole(old, new):
    """Nothing is lost or invented between the two versions."""
    found = diff(old, new)

    assert old == words_of(found, "equal", "delete")
    assert new == words_of(found, "equal", "insert")
    assert "replace" not in {
        word.op for hunk in found.hunks for line in hunk.lines for word in line.words
    }


@given(TEXTS, TEXTS)
def test_the_patch_turns_the_old_text_into_the_new(old, new):
    """A copied patch applies, with and without a newline at the end."""
    patch = diff(old, new).unified

    assert new == applied(patch, old)
    assert (old == new) is (patch == "")


@given(TEXTS, TEXTS)
def test_hunks_alternate_and_count_lines_in_both_texts(old, new):
    """Each hunk starts where the ones before it end."""
    old_line = new_line = 1
    previous = None
    for hunk in diff(old, new).hunks:
        ops = [line.op for line in hunk.lines]
        assert (old_line, new_line) == (hunk.old_start, hunk.new_start)
        assert (hunk.op == "equal") is (set(ops) == {"equal"})
        assert (hunk.op == "equal") is not (previous == "equal") or previous is None
        old_line += sum(op != "insert" for op in ops)
        new_line += sum(op != "delete" for op in ops)
        previous = hunk.op


def test_a_changed_word_is_found_inside_its_line():
    """Delimiters stay whole; the name and the filter of a variable are words."""
    old = "You are a helper.\nAnswer in {{ lang|default('en') }}.\nBe brief."
    new = "You are a helper.\nAnswer in {{- tongue|default('en') }}.\nBe brief."

    changed = diff(old, new).hunks[1]

    words = [
        Word("equal", "Answer in "),
        Word("delete", "{{ lang"),
        Word("insert", "{{- tongue"),
        Word("equal", "|default('en') }}.\n"),
    ]
    assert Hunk("replace", 2, 2, [Line("replace", words)]) == changed


def test_a_new_line_beside_a_changed_one_is_told_apart():
    """Lines of a block are matched by likeness, not by position."""
    old = "Answer every question in French.\n"
    new = "Never mention prices.\nAnswer every question in Dutch.\nStay calm."

    [hunk] = diff(old, new).hunks

    assert "replace" == hunk.op
    assert ["insert", "replace", "insert"] == [line.op for line in hunk.lines]


def test_a_removed_line_beside_a_changed_one_is_told_apart():
    """The same the other way round."""
    old = "Never mention prices.\nAnswer every question in Dutch.\nStay calm."
    new = "Answer every question in French.\n"

    [hunk] = diff(old, new).hunks

    assert ["delete", "replace", "delete"] == [line.op for line in hunk.lines]


def test_lines_with_little_in_common_are_removed_and_added():
    """Two unlike lines are not mixed into a soup of words."""
    [hunk] = diff("Be brief.\n", "{% for doc in docs %}\n").hunks

    assert ["delete", "insert"] == [line.op for line in hunk.lines]


def test_only_the_letters_that_changed_are_marked_in_chinese():
    """Text without spaces is not one word."""
    [hunk] = diff("请用中文回答问题", "请用英文回答问题").hunks
    words = [("equal", "请用"), ("delete", "中"), ("insert", "英"), ("equal", "文回答问题")]

    assert words == hunk.lines[0].words


def test_the_patch_reads_like_any_other():
    """Headers, context, counts and the mark of a missing newline follow the unified format."""
    old = "".join(f"{number}\n" for number in range(1, 10))
    new = old.replace("5\n", "five\n") + "10"

    patch = (
        "--- support/answer@3\n+++ support/answer@4\n"
        "@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n\\ No newline at end of file\n"
    )
    assert patch == diff(old, new, old_name="support/answer@3", new_name="support/answer@4").unified


@pytest.mark.parametrize(
    ("old", "new", "header"),
    [
        ("", "a\n", "@@ -0,0 +1 @@"),
        ("a\n", "", "@@ -1 +0,0 @@"),
        ("a\nb\n", "a\n", "@@ -1,2 +1 @@"),
    ],
)
def test_ranges_of_no_line_and_one_line_follow_the_format(old, new, header):
    """An empty range names the line before it, a single line leaves out its count."""
    assert header == diff(old, new).unified.splitlines()[2]


def test_texts_too_different_to_align_are_still_told_whole(monkeypatch):
    """Beyond the table's size the middle counts as replaced, and nothing is lost."""
    monkeypatch.setattr(alignment, "MAX_CELLS", 3)
    old, new = "same\na\nb\nsame\n", "same\nb\nc\nsame\n"

    found = diff(old, new)

    assert ["equal", "replace", "equal"] == [hunk.op for hunk in found.hunks]
    assert new == applied(found.unified, old) == words_of(found, "equal", "insert")


def test_a_block_of_many_lines_is_matched_by_position():
    """Comparing every pair would take too long; the lines still show their words."""
    old = "".join(f"rule {number} is to be polite\n" for number in range(30))
    new = old.replace("polite", "brief")

    lines = diff(old, new).hunks[0].lines

    assert ["replace"] * 30 == [line.op for line in lines]


def test_equal_texts_have_no_patch():
    """The empty text included."""
    assert Diff("", []) == diff("", "")
    assert Diff("", [Hunk("equal", 1, 1, [Line("equal", [Word("equal", "a")])])]) == diff("a", "a")


def test_chat_prompts_differ_by_role_and_text():
    """A message that changes its role shows as a changed header line."""
    old = [("system", "Be brief."), ("user", "{{ q }}")]
    new = [("user", "Be brief."), ("user", "{{ q }}?")]

    patch = diff_messages(old, new).unified

    assert "-[system]\n+[user]\n Be brief.\n" in patch
    assert "-{{ q }}\n+{{ q }}?\n" in patch


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from(["", "a/b", "~"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b/c"]), inner)
    ),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c~"]), VALUES)


@given(OBJECTS)
def test_equal_values_have_no_changes(values):
    """Comparing a version with itself finds nothing."""
    assert [] == diff_values(values, values)


@given(OBJECTS, OBJECTS)
def test_swapping_the_versions_swaps_every_change(old, new):
    """What one direction inserts the other deletes, at the same paths."""
    other = {"insert": "delete", "delete": "insert", "replace": "replace"}
    swapped = [
        Change(path, other[op], after, before) for path, op, before, after in diff_values(new, old)
    ]

    assert sorted(map(repr, swapped)) == sorted(map(repr, diff_values(old, new)))


def test_changes_are_named_by_json_pointer():
    """Nested keys, keys with slashes and items of lists have paths of their own."""
    old = {"temperature": 0.2, "stop": ["a"], "schema": {"a/b": [{"type": "text"}], "x": True}}
    new = {"stop": ["a", "b"], "schema": {"a/b": [{"type": "number"}], "x": 1}, "seed": None}

    expected = [
        Change("/temperature", "delete", 0.2, None),
        Change("/stop", "replace", ["a"], ["a", "b"]),
        Change("/schema/a~1b/0/type", "replace", "text", "number"),
        Change("/schema/x", "replace", True, 1),
        Change("/seed", "insert", None, None),
    ]
    assert expected == diff_values(old, new)
