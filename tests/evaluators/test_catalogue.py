import app.evaluators  # noqa: F401 - registers every evaluator
from app.evaluators.base import build, names
from app.evaluators.catalogue import describe


def test_every_evaluator_is_described():
    """Each has one sentence, and needs a model exactly if it says so when built."""
    infos = describe()

    assert names() == [info.name for info in infos]
    assert {"contains", "exact", "hallucination", "json_schema", "numeric"} <= set(names())
    assert {"regex", "similarity", "sql", "pii", "rouge", "tool_calls"} <= set(names())
    assert {"correctness", "pairwise", "rubric", "safety"} <= set(names())
    assert all(info.summary.endswith(".") for info in infos)
    assert all(build(info.name).needs_model is info.needs_model for info in infos)
    assert "hallucination" in {info.name for info in infos if info.needs_model}


def test_options_come_with_type_and_default():
    """A form can be built from them: JSON Schemas that hold their own definitions."""
    infos = {info.name: info for info in describe()}
    mode = infos["contains"].options["mode"]
    few_shot = infos["hallucination"].options["few_shot"]

    assert ("all", ["all", "any", "none"]) == (mode["default"], mode["enum"])
    assert "boolean" == infos["exact"].options["ignore_case"]["type"]
    assert "#/$defs/Example" == few_shot["anyOf"][0]["items"]["$ref"]
    assert "Example" in few_shot["$defs"]
    assert all(
        infos["rubric"].options[name]["description"].endswith(".")
        for name in ("few_shot", "repeats", "models")
    )
    assert "six general ones" in infos["rubric"].options["levels"]["anyOf"][0]["description"]
    assert [1, 3, 5, 7, 9] == infos["rubric"].options["repeats"]["enum"]
