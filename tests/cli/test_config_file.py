"""`llmops.yaml` and prompt files: what is read, and every mistake with its place."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.cli import config_file, prompt_file
from app.cli.config_schema import Config, EvaluatorSection, ExperimentSection, GateSection
from app.cli.init_files import CONFIG
from app.embedded.errors import Misconfigured
from app.verdicts.policy import MetricRule

FULL = """\
server: http://127.0.0.1:8000
prompts:
  support/answer: prompts/answer.md
golden:
  support/answer: [golden.jsonl]
experiment:
  versions: [1, 2]
  base: production
  models: [openai:gpt-5-mini]
  evaluators:
    - similarity
    - name: regex
      options: {pattern: x}
  judge: tone
  repeats: 2
  concurrency: 4
  max_cost_usd: 1.5
  cache: false
  tags: [team=search]
gate:
  metrics:
    - metric: score
      direction: higher
      margin: 0.1
  alpha: 0.05
  strict: true
"""
KEYS = re.findall(r"^ *(?:- )?([a-z_]+):", FULL, re.MULTILINE)
SECTIONS = {
    name
    for section in (Config, ExperimentSection, GateSection, EvaluatorSection, MetricRule)
    for name in section.model_fields
}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "llmops-yaml.md"


def refusal(text: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        config_file.parse(text, "llmops.yaml")
    return str(refused.value)


def test_every_section_is_read():
    """And what `llmops init` writes is one of them."""
    config = config_file.parse(FULL, "llmops.yaml")

    assert {"support/answer": ["golden.jsonl"]} == config.golden
    assert "1.5" == str(config.experiment.max_cost_usd)
    assert config.gate
    assert (0.1, True) == (config.gate.policy.metrics[0].margin, config.gate.policy.strict)
    assert config_file.parse(CONFIG, "llmops.yaml").gate
    assert Config() == config_file.parse("", "llmops.yaml")


@given(
    key=st.sampled_from([key for key in KEYS if key in SECTIONS and len(key) > 3]),
    at=st.integers(0, 30),
    letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
    how=st.sampled_from(["swap", "drop", "double"]),
)
def test_every_misspelt_key_is_named_with_its_place(key, at, letter, how):
    """Line, column, the key as it stands there, and the one that was meant."""
    place = at % (len(key) - 1)
    wrong = {
        "swap": key[:place] + letter + key[place + 1 :],
        "drop": key[:place] + key[place + 1 :],
        "double": key[:place] + key[place] + key[place:],
    }[how]
    assume(wrong not in SECTIONS)
    found = re.search(rf"^( *(?:- )?){key}:", FULL, re.MULTILINE)
    assert found
    text = FULL[: found.start()] + found[1] + wrong + ":" + FULL[found.end() :]
    line = FULL[: found.start()].count("\n") + 1
    told = [row for row in refusal(text).splitlines() if f"unknown key `{wrong}`" in row]

    assert 1 == len(told), refusal(text)
    assert told[0].startswith(f"llmops.yaml:{line}:{len(found[1]) + 1}: ")
    assert "did you mean `" in told[0]
    assert f"{key}" in told[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("experiment:\n  repeats: many\n", "llmops.yaml:2:12: `experiment.repeats`: expected a"),
        ("experiment: [1]\n", "llmops.yaml:1:13: `experiment`: expected"),
        ("prompts:\n  Support Answer: a.md\n", "llmops.yaml:2:3: `prompts.Support Answer` is no"),
        ("prompts: {a: x}\ngolden: {b: y}\n", "llmops.yaml:2:10: unknown key `b`; known here: a."),
        ("gate: {name: x, alpha: 0.1}\n", "llmops.yaml:1:7: `gate`: give the `name` of a gate"),
        (
            "gate:\n  metrics:\n    - margin: 0.1\n",
            "llmops.yaml:3:7: `gate.metrics.0`: is missing.",
        ),
        ("a: &x [1]\nb: *x\n", "llmops.yaml:1:4: anchors (&) and aliases (*) are not read"),
        ("server: x\nserver: y\n", "llmops.yaml:2:1: `server` is here twice"),
        ("? [a]\n: b\n", "llmops.yaml:1:3: a key is a plain name."),
        ("server: !!python/object:os.system x\n", "llmops.yaml:1:9: this is not YAML"),
        ("server: [\n", "this is not YAML"),
        ("server: \x01\n", "llmops.yaml: this is not YAML"),
        ("- 1\n", "llmops.yaml:1:1: expected names with values"),
        (f"server: {'[' * 21}{']' * 21}\n", "nested more than 20 levels deep"),
        ("#" * (2**20 + 1), "is longer than"),
    ],
)
def test_every_other_mistake_has_its_place(text, told):
    """And a sentence that says what was expected."""
    assert told in refusal(text)


def test_many_mistakes_are_not_a_flood():
    """The first twenty, and how many more."""
    told = refusal("".join(f"key{n}: 1\n" for n in range(30))).splitlines()

    assert (21, "(and 10 more)") == (len(told), told[-1])


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    """Named; without a name, no file is no settings."""
    (tmp_path / "llmops.yaml").write_bytes(b"\xff\xfe")

    with pytest.raises(Misconfigured, match="is not UTF-8 text"):
        config_file.load(tmp_path / "llmops.yaml")
    with pytest.raises(Misconfigured, match="There is no file"):
        config_file.load(tmp_path / "other.yaml")
    with pytest.raises(Misconfigured, match="cannot be read"):
        config_file.text_of(tmp_path)


def test_the_reference_names_every_key():
    """And no other: its tables are this schema."""
    written = set(re.findall(r"^\| `([a-z_]+)` ", DOCS.read_text(), re.MULTILINE))
    front = set(prompt_file.FrontMatter.model_fields)

    assert SECTIONS | front == written


# --- prompt files ---

contents = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1
).filter(lambda text: text.strip())


@given(
    template=contents.filter(lambda text: not prompt_file.ROLE.match(text.lstrip())),
    model=st.none() | st.just("openai:gpt-5-mini"),
    parameters=st.dictionaries(st.sampled_from(["temperature", "top_p"]), st.floats(0, 1)),
)
def test_a_template_is_read_back_as_it_was(template, model, parameters):
    """Whatever it holds: line ends, lines of `---`, names of roles further down."""
    version = {"template": template, "messages": None, "model": model, "parameters": parameters}
    read = prompt_file.content(prompt_file.text_of(version), "p.md")
    expected = {"template": template, "model": model, "parameters": parameters}

    assert {name: value for name, value in expected.items() if value} == read


def test_messages_are_read_back_as_they_were():
    """With the settings above them."""
    version = {
        "template": None,
        "messages": [
            {"role": "system", "content": "Be brief.\n\nAnd kind."},
            {"role": "user", "content": "{{ question }}"},
        ],
        "response_schema": {"type": "object"},
        "template_format": "jinja2",
    }
    text = prompt_file.text_of(version)

    assert text.startswith('---\nresponse_schema: {"type": "object"}\n---\nsystem:\nBe brief.')
    assert {
        "messages": version["messages"],
        "response_schema": {"type": "object"},
    } == prompt_file.content(text.replace("\n", "\r\n"), "p.md")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\nmodell: x\n---\nHi\n", "p.md:2:1: unknown key `modell`; did you mean `model`?"),
        ("---\nmodel: x\nHi\n", "p.md:1:1: the settings begin here and have no `---`"),
        ("\n \n", "p.md has no text"),
        ("---\n---\n", "p.md has no text"),
        ("system:\nBe brief.\n\nuser:\n\n", "p.md: the message `user:` has no text."),
    ],
)
def test_a_prompt_file_s_mistakes_have_their_place(text, told):
    """Line and column where there is one."""
    with pytest.raises(Misconfigured) as refused:
        prompt_file.content(text, "p.md")

    assert told in str(refused.value)


def test_json_is_yaml_here_as_well():
    """Settings that a program wrote."""
    settings = json.dumps({"parameters": {"stop": ["\u2028", "é"]}})
    text = f"---\n{settings}\n---\nx"

    assert {"stop": ["\u2028", "é"]} == prompt_file.content(text, "p.md")["parameters"]
