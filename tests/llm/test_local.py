"""The keyless model reads its prompt: every instruction it claims to honour changes the answer."""

import asyncio
import json

import pytest

from app.llm.client import Message, Options
from app.llm.local import LABEL, NAME, LocalModel

ARTICLE = (
    "Parcels wait in the locker for five days. After that they go back to the sender, and the "
    "return costs €4. The locker opens with the code from your e-mail. It holds parcels of up to "
    "20 kg. On holidays the lockers stay open; only the counter is closed."
)
QUESTION = "How much does the return cost?"
UNANSWERED = "Which animals may travel by ship?"
UNSURE = 'If the text does not answer, say "No idea, sorry."'


def complete(*contents, **options):
    messages = [Message(role="user", content=content) for content in contents]
    return asyncio.run(LocalModel().complete(messages, Options(**options)))


def ask(prompt, **options):
    return complete(prompt, **options).text


def grounded(question=QUESTION, rule="", article=ARTICLE):
    return f"{rule}\n<article>\n{article}\n</article>\n\nQuestion: {question}"


def test_it_says_what_it_is():
    """Nobody should take the baseline for a language model."""
    model = LocalModel()

    assert ("local", "extractive-baseline") == (model.provider, model.model)
    assert model.model == NAME
    assert "not a language model" in LABEL


def test_the_same_prompt_gets_the_same_answer():
    """Temperature and seed change nothing, another prompt does."""
    first = ask(QUESTION)

    assert first == ask(QUESTION, temperature=1.5, seed=7, top_p=0.1)
    assert first != ask(f"{QUESTION} Thanks for your help.")


@pytest.mark.parametrize(
    "prompt",
    [
        f"<context>\n{ARTICLE}\n</context>\n{QUESTION}",
        f"<documents><document id='1'>{ARTICLE}</document></documents>\nQuestion: {QUESTION}",
        f"Context:\n{ARTICLE}\n\nQuestion: {QUESTION}\nAnswer:",
        f"Knowledge base article: {ARTICLE}\n\nCustomer: {QUESTION}",
        f"Summary:\n{ARTICLE}\n{QUESTION}",
        f"## Source\n{ARTICLE}\n\n## Question\n{QUESTION}",
        f"**Background**\n{ARTICLE}\n\n**Question:** {QUESTION}",
        f'Answer from the text.\n"""{ARTICLE}"""\n\n{QUESTION}',
        f"Text:\n```\n{ARTICLE}\n```\nUser: {QUESTION}",
        f"<question>{QUESTION}</question>\n<lockers_2024>\n{ARTICLE}\n</lockers_2024>",
        f"Question:\n'''{QUESTION}'''\nPassage:\n'''{ARTICLE}'''",
    ],
)
def test_it_finds_context_and_question_however_they_are_marked(prompt):
    """Tags, headings, quotes and fences: the sentence that answers is quoted word for word."""
    answer = ask(f"Answer in one sentence.\n\n{prompt}")

    assert "After that they go back to the sender, and the return costs €4." == answer


def test_context_and_question_may_come_in_different_messages():
    """A chat has its context in the system message and its question in the last user message."""
    messages = [
        Message(role="system", content=f"You answer briefly.\n<context>{ARTICLE}</context>"),
        Message(role="user", content="When is the counter closed?"),
        Message(role="assistant", content="Question: who am I?"),
        Message(role="user", content="Good morning.\n\nHow many kg may a parcel weigh?"),
    ]
    answer = asyncio.run(LocalModel().complete(messages, Options())).text

    assert "It holds parcels of up to 20 kg." == answer


def test_a_sentence_that_refers_back_brings_the_one_before():
    """With room for two sentences, "It holds …" is not left without what it speaks of."""
    answer = ask(grounded("How many kg may a parcel weigh?", "Use two sentences."))

    assert "The locker opens with the code from your e-mail." in answer
    assert answer.endswith("It holds parcels of up to 20 kg.")


def test_without_a_context_it_makes_something_up():
    """As an ungrounded model does: the question's own words with figures from nowhere."""
    answer = ask("You are a support assistant. How much does the return cost?")

    assert "return" in answer
    assert "€4" not in answer
    assert any(sign.isdigit() for sign in answer)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Where is my parcel?", "You will find the parcel"),
        ("Hello. Can I return my parcel?", "Yes, "),
        ("How many lockers are there?", "lockers is"),
        ("How long does my refund take?", "refund"),
        ("Fix my locker", "locker"),
        ("Why?", "request"),
    ],
)
def test_invention_follows_the_question(question, part):
    """Where, whether, how many, how long: the made-up answer at least fits its question."""
    assert part in ask(question)


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        ("Answer in one sentence.", 1),
        ("Answer briefly.", 1),
        ("Use one or two sentences.", 2),
        ("Reply in at most 2-3 short sentences.", 3),
        ("Explain in detail.", 5),
    ],
)
def test_it_keeps_the_number_of_sentences(rule, sentences):
    """A limit on sentences is the most it writes, grounded or not."""
    rich = (
        "A locker costs €1. A locker costs €2. A locker costs €3. A locker costs €4. A box €5. Hi."
    )
    question = "What does a locker cost, what does a box cost?"

    assert sentences >= ask(f"{rule}\nQuestion: {question}").count(". ") + 1
    assert min(sentences, 5) >= ask(grounded(question, rule, rich)).count("€") >= min(sentences, 4)


@pytest.mark.parametrize(
    "rule", ["Use at most 7 words.", "Give a 7-word answer.", "7 words or fewer"]
)
def test_it_keeps_the_number_of_words(rule):
    """A limit on words holds with a context and without."""
    assert 7 >= len(ask(grounded(rule=rule)).split()) >= 4
    assert "€4" in ask(grounded(rule=f"{rule} Or use 50 words or fewer.".replace("7", "50")))
    assert 7 >= len(ask(f"{rule}\nQuestion: {QUESTION}").split()) >= 4


def test_a_cut_answer_ends_at_a_clause():
    """Ten words would end in the middle of the second clause; the first is a whole one."""
    assert "After that they go back to the sender." == ask(grounded(rule="Use at most 10 words."))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (UNSURE, "No idea, sorry."),
        ("If you are unsure, say 'I can't tell from this.'", "I can't tell from this."),
        ("When the text does not say, reply NOT_FOUND.", "NOT_FOUND"),
        ("Say you don't know if the context does not answer.", "I don't know."),
        ("If it isn't in the text, admit it.", "I don't know."),
    ],
)
def test_it_admits_not_knowing_in_the_words_it_is_told(rule, words):
    """Only where the context does not answer: a question it answers is answered all the same."""
    assert words == ask(grounded(UNANSWERED, rule))
    assert "€4" in ask(grounded(QUESTION, rule))


def test_it_admits_not_knowing_only_if_told_to():
    """Without the instruction it answers from the context anyway, as models do."""
    assert ask(grounded(UNANSWERED, "Answer in one sentence.")) in ARTICLE
    assert ask(grounded("What is it?", "Answer in one sentence.")) in ARTICLE
    assert ask(grounded("I don't know. Which animals?", "Answer in one sentence.")) in ARTICLE


def test_an_empty_context_is_nothing_to_answer_from():
    """A retrieval that found nothing leads to an admission if the prompt asks for one."""
    assert "No idea, sorry." == ask(f"{UNSURE}\n<context></context>\nQuestion: {QUESTION}")


def test_it_writes_lists_and_json_when_asked():
    """Bullets start with a dash; the named keys hold answer, evidence and match."""
    listed = ask(grounded(rule="Answer as a list of bullet points."))
    rule = 'Reply in JSON with the keys "answer", "quote", "confidence" and "page".'
    given_as_json = json.loads(ask(grounded(rule=f"{rule} One sentence.")))
    bare = json.loads(ask(grounded(rule="Reply as JSON.")))

    assert all(line.startswith("- ") for line in listed.splitlines())
    assert ["answer", "quote", "confidence", "page"] == list(given_as_json)
    assert given_as_json["answer"] == given_as_json["quote"]
    assert 0 < given_as_json["confidence"] <= 1
    assert given_as_json["page"] is None
    assert ["answer"] == list(bare)


def test_without_a_question_it_gives_the_beginning():
    """A prompt that only says "summarise" gets the leading sentences, an empty one a greeting."""
    prompt = f"Summarise the text in one sentence.\n<text>{ARTICLE}</text>"

    assert "Parcels wait in the locker for five days." == ask(prompt)
    assert "Hello! How can I help you today?" == complete().text == ask(" ")


def test_max_tokens_and_stop_end_the_reply():
    """A token is a word or a sign; a cut reply says why it ends."""
    cut = complete(grounded(), max_tokens=3)
    stopped = complete(grounded(), stop=(" they", "", "nowhere"))

    assert ("After that they", "length", 3) == (cut.text, cut.finish_reason, cut.usage.tokens_out)
    assert ("After that", "stop") == (stopped.text, stopped.finish_reason)
    assert "" == ask(grounded(), max_tokens=0)


def test_a_stream_yields_the_same_reply_in_pieces():
    """The pieces add up to the complete text, and the last chunk carries the completion."""

    async def chunks():
        stream = LocalModel().stream([Message(role="user", content=grounded())], Options())
        return [chunk async for chunk in stream]

    *pieces, last = asyncio.run(chunks())

    assert len(pieces) > 5
    assert ask(grounded()) == "".join(piece.text for piece in pieces) == last.completion.text
    assert "" == last.text
    assert 0 <= last.completion.first_token_ms <= last.completion.latency_ms
