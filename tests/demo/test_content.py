"""The demo workspace as it is shipped: complete, consistent and free of answers to anybody."""

import pytest
from jinja2 import Environment, StrictUndefined, meta

from app.demo import content

EXAMPLES = content.examples()
VERSIONS = content.versions()
VARIABLES = {"question", "article", "summary"}


def words(text):
    return len(text.split())


def test_there_are_forty_examples_and_no_question_twice():
    """The demo experiment has the size its pages are drawn for."""
    questions = {example["input_data"]["question"] for example in EXAMPLES}

    assert 40 == len(EXAMPLES)
    assert 40 == len(questions)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["input_data"]["question"])
def test_an_example_is_complete(example):
    """Every example has every variable, the article as its context, and texts of sensible size."""
    inputs = example["input_data"]

    assert VARIABLES == set(inputs)
    assert inputs["article"] == example["context"]
    assert 90 <= words(inputs["article"]) <= 180
    assert 20 <= words(inputs["summary"]) <= 45
    assert 1 <= words(example["expected_output"]) <= 45
    assert "test" == example["split"]
    assert {"input_data", "expected_output", "context", "tags", "critical", "split"} == set(example)


def test_articles_are_shared_and_each_has_one_summary():
    """Two to four questions ask about one article, so that examples can be grouped by source."""
    articles = [example["context"] for example in EXAMPLES]
    pairs = {(example["context"], example["input_data"]["summary"]) for example in EXAMPLES}

    assert 12 <= len(set(articles)) <= 14
    assert len(pairs) == len(set(articles))
    assert {2, 3, 4} >= {articles.count(article) for article in set(articles)}


def test_tags_are_a_topic_and_a_difficulty():
    """Slices by tag have names to go by; one article is one topic."""
    topics = {(example["tags"][0], example["context"]) for example in EXAMPLES}

    assert len(topics) == len({topic for topic, _ in topics})
    assert {"easy", "medium", "hard"} == {example["tags"][1] for example in EXAMPLES}
    assert {"unanswerable"} == {tag for example in EXAMPLES for tag in example["tags"][2:]}


def test_unanswerable_questions_are_marked_and_expect_an_admission():
    """What the article does not say is tagged so, and the expected answer says where to ask."""
    admitting = {
        example["input_data"]["question"]
        for example in EXAMPLES
        if example["expected_output"].startswith("I don't know")
    }
    unanswerable = [example for example in EXAMPLES if "unanswerable" in example["tags"]]

    assert 6 == len(unanswerable)
    assert admitting == {example["input_data"]["question"] for example in unanswerable}
    assert all("ask our support team" in example["expected_output"] for example in unanswerable)


def test_some_examples_are_critical():
    """A few answers must never be wrong: safety and deadlines, never an unanswerable question."""
    critical = [example for example in EXAMPLES if example["critical"]]

    assert 3 <= len(critical) <= 8
    assert not any("unanswerable" in example["tags"] for example in critical)


def test_every_version_renders_with_the_variables_of_every_example():
    """All three templates run on the same examples without a missing variable."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    used = [
        meta.find_undeclared_variables(environment.parse(version.template)) for version in VERSIONS
    ]
    rendered = {
        environment.from_string(version.template).render(**example["input_data"])
        for version in VERSIONS
        for example in EXAMPLES
    }

    assert [{"question"}, {"question", "article"}, {"question", "summary"}] == used
    assert 120 == len(rendered)


def test_the_last_version_differs_from_the_one_before_in_its_source_alone():
    """The regression is a change of the text that is passed, not of the instructions."""
    second, third = VERSIONS[1].template, VERSIONS[2].template

    assert third == second.replace("article", "summary")


def test_every_version_says_why_it_was_made():
    """The prompt's history reads as one: a name and a message for each version."""
    messages = [version.message for version in VERSIONS]

    assert "support/answer" == content.PROMPT_NAME
    assert 3 == len(set(messages))
    assert all(messages)
