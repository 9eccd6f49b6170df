from concurrent.futures import ThreadPoolExecutor

import pytest

from app.templating.render import (
    MissingVariables,
    TemplateFailed,
    TemplateRefused,
    TemplateTooBig,
    Turn,
    check_messages,
    render,
    render_messages,
)

DOCS = [{"title": "Refunds", "score": 2}, {"title": "Delivery", "score": 7.5}]

HONEST = [
    ("Hello {{ name }}!", {"name": "Åsa"}, "Hello Åsa!"),
    ("trailing newline stays\n", {}, "trailing newline stays\n"),
    ("one\r\ntwo", {}, "one\ntwo"),
    ("{% for d in docs %}{{ loop.index }}. {{ d.title }}\n{% endfor %}", {"docs": DOCS}, "1. Refunds\n2. Delivery\n"),
    ("{% for d in docs %}{{ d['title'] }}{% if not loop.last %}, {% endif %}{% endfor %}", {"docs": DOCS}, "Refunds, Delivery"),
    ("{% for d in docs if d.score > 5 %}{{ d.title }}{% else %}none{% endfor %}", {"docs": DOCS}, "Delivery"),
    ("{% for d in docs %}x{% else %}no documents{% endfor %}", {"docs": []}, "no documents"),
    ("{% for i in range(3) %}{{ loop.cycle('a', 'b') }}{{ loop.revindex }}{% endfor %}", {}, "a3b2a1"),
    ("{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", {"d": {"a": 1, "b": None}}, "a=1;b=none;"),
    ("{% for k, v in d|dictsort %}{{ k }}{{ v }}{% endfor %}", {"d": {"b": 1, "a": 2}}, "a2b1"),
    ("{% for k, v in d|items %}{{ k }}{{ v }}{% endfor %}", {"d": {"b": 1}}, "b1"),
    ("{{ d.keys() }}{{ d.values() }}{{ d.get('b', 5) }}", {"d": {"a": 1}}, '["a"][1]5'),
    ("{{ row.title }} {{ row.items }}", {"row": {"title": "T", "items": [1]}}, "T [1]"),
    ("{% for a in x %}{% for b in a %}{{ loop.index0 }}{{ b }}{% endfor %}|{% endfor %}", {"x": [[1, 2], [3]]}, "0112|03|"),
    ("{% if a and not b %}yes{% elif b %}b{% else %}no{% endif %}", {"a": True, "b": False}, "yes"),
    ("{{ 'many' if n > 1 else 'one' }}", {"n": 2}, "many"),
    ("{{ tone|default('calm') }}/{{ lang|d('en')|upper }}", {}, "calm/EN"),
    ("{{ tone|default('calm', true) }}", {"tone": ""}, "calm"),
    ("{% if tone is defined %}{{ tone }}{% else %}plain{% endif %}", {}, "plain"),
    ("{{ x|tojson }}", {"x": {"ä": "<b>'漢\"", "n": [1, 2.5, True, None]}}, '{"ä": "<b>\'漢\\"", "n": [1, 2.5, true, null]}'),
    ("{{ x|tojson(indent=2) }}", {"x": {"a": [1]}}, '{\n  "a": [\n    1\n  ]\n}'),
    ("{{ x }} {{ y }} {{ z }} {{ none }}", {"x": True, "y": 1.50, "z": [1, "é"]}, 'True 1.5 [1, "é"] none'),
    ("  {%- if true -%}  x  {%- endif -%}  ", {}, "x"),
    ("a {#- a comment -#} b", {}, "ab"),
    ("{% raw %}{{ not a variable }}{% endraw %}", {}, "{{ not a variable }}"),
    ("{{ '{{' }} {{ x }}", {"x": "{{ y }}"}, "{{ {{ y }}"),
    ("{{ a + b }} {{ a - b }} {{ a * b }} {{ a / b }} {{ a // b }} {{ a % b }} {{ -a }}", {"a": 7, "b": 2}, "9 5 14 3.5 3 1 -7"),
    ("{{ 'a' + 'b' }} {{ 'n' ~ 1 ~ [1] }} {{ [1] + x }}", {"x": [2]}, "ab n1[1] [1, 2]"),
    ("{{ x[0] }}{{ x[-1] }}{{ x[1:] }}{{ x[::-1] }}{{ 'abc'[:2] }}{{ 'abc'[1] }}", {"x": [1, 2, 3]}, "13[2, 3][3, 2, 1]abb"),
    ("{{ 'b' in x }}{{ 'c' not in x }}{{ 1 < n <= 3 }}{{ x == ['a', 'b'] }}", {"x": ["a", "b"], "n": 3}, "TrueTrueTrueTrue"),
    ("{% set n = x|length %}{% set a, b = 1, 2 %}{{ n + a + b }}", {"x": [1, 2]}, "5"),
    ("{{ x|join(', ') }} {{ docs|join('/', attribute='title') }} {{ ', '.join(x) }}", {"x": ["a", 1], "docs": DOCS}, "a, 1 Refunds/Delivery a, 1"),
    ("{{ docs|map(attribute='title')|map('lower')|join(' ') }}", {"docs": DOCS}, "refunds delivery"),
    ("{{ docs|sort(attribute='score', reverse=true)|map(attribute='title')|first }}", {"docs": DOCS}, "Delivery"),
    ("{{ docs|selectattr('score', 'gt', 5)|list|length }}{{ docs|rejectattr('score', 'gt', 5)|length }}", {"docs": DOCS}, "11"),
    ("{{ x|select('odd')|list }}{{ x|reject('odd') }}{{ x|select|list }}", {"x": [0, 1, 2, 3]}, "[1, 3][0, 2][1, 2, 3]"),
    ("{{ x|sum }} {{ docs|sum('score') }} {{ x|min }} {{ x|max }} {{ x|unique }}", {"x": [3, 1, 3], "docs": DOCS}, "7 9.5 1 3 [3, 1]"),
    ("{{ x|first }}{{ x|last }}{{ x|count }}{{ x|reverse }}{{ 'abc'|reverse }}{{ x|list }}", {"x": [1, 2]}, "122[2, 1]cba[1, 2]"),
    ("{{ 'abc'|list }} {{ {'a': 1}|list }} {{ [] }} {{ () }}", {}, '["a", "b", "c"] ["a"] [] []'),
    ("{{ '3'|int + 1 }} {{ 'x'|int(7) }} {{ '2.5'|float }} {{ 2|float }} {{ 2.567|round(2) }} {{ 1234|round(-2)|int }} {{ (-3)|abs }}", {}, "4 7 2.5 2.0 2.57 1200 3"),
    ("{{ ' a '|trim }}|{{ 'xax'|trim('x') }}|{{ 'one two'|title }}|{{ 'ONE'|capitalize }}|{{ 5|string }}|{{ 'a b c'|wordcount }}", {}, "a|a|One Two|One|5|3"),
    ("{{ 'one two three'|truncate(7) }} {{ 'aXbXc'|replace('X', '-', 1) }}", {}, "one... a-bXc"),
    ("{{ x|indent }}|{{ x|indent(2, true, true) }}", {"x": "a\n\nb"}, "a\n\n    b|  a\n  \n  b"),
    ("{{ q.upper() }} {{ q.split(' ', 1) }} {{ q.replace('a', 'e') }} {{ q.strip().title() }}", {"q": "ab cd ef"}, 'AB CD EF ["ab", "cd ef"] eb cd ef Ab Cd Ef'),
    ("{{ q.startswith('a') }}{{ q.find('b') }}{{ q.count('b') }}{{ x.count(1) }}{{ q.isdigit() }}", {"q": "abb", "x": [1, 1]}, "True122False"),
    ("{{ 'a\nb'.splitlines() }}{{ '--a'.lstrip('-') }}{{ 'a,b'.rsplit(sep=',') }}", {}, '["a", "b"]a["a", "b"]'),
    ("{{ 6 is divisibleby 3 }}{{ 3 is odd }}{{ x is none }}{{ 'a' is lower }}{{ x is mapping }}{{ 'a' is string }}", {"x": None}, "TrueTrueTrueTrueFalseTrue"),
    ("{{ 1 is number }}{{ y is undefined }}{{ 1 is eq 1 }}{{ 2 is in [1, 2] }}{{ [1] is sequence }}", {}, "TrueTrueTrueTrueTrue"),
    ("{{ docs|unique(attribute='kind')|map(attribute='n')|list }}{{ ['b', 'B', 'a', 1]|unique }}{{ ['b', 'B']|unique(true) }}{{ big|unique }}", {"docs": [{"kind": 1, "n": 1}, {"kind": 1, "n": 2}], "big": [10**30, 10**30, 1]}, '[1]["b", "a", 1]["b", "B"][1000000000000000000000000000000, 1]'),
    ("{% for i in [1, 2] %}{{ loop.previtem|default('-') }}{{ loop.length }}{% endfor %}", {}, "-212"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "variables", "expected"), HONEST, ids=lambda part: str(part)[:40]
)
def test_honest_templates_render_as_their_authors_expect(source, variables, expected):
    """Whatever an ordinary prompt does still works behind the guard."""
    assert expected == render(source, variables, "jinja2")


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("a\n{{ x|uper }}", 2, "there is no filter 'uper'; is it 'upper'?"),
        ("\n\n{% include 'x' %}", 3, "{% include %} is not available"),
        ("{% if x %}", 1, "Unexpected end of template"),
        ("a\nb\0", 2, "NUL"),
        ("{{ x.foo() }}", 1, "there is no method foo(); there are"),
        ("{{ " + "(" * 999, None, "nested too deeply"),
        ("{{ " + "9" * 5_000 + " }}", None, "cannot be compiled"),
    ],
)
def test_a_refusal_names_line_and_reason(source, line, reason):
    """A person who saves a template learns where it is wrong and what to write instead."""
    with pytest.raises(TemplateRefused) as refusal:
        render(source, {}, "jinja2")

    assert line == refusal.value.line
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "variables", "sentence"),
    [
        ("a\n{{ x.upper }}", {"x": "q"}, "line 2: upper is a method: write upper() with its brackets"),
        ("{{ x.name }}", {"x": {}}, "line 1: a dict has no 'name'"),
        ("{{ x[3] }}", {"x": [1]}, "line 1: a list has no 3"),
        ("{{ x[x] }}", {"x": [1]}, "line 1: a list has nothing under a list"),
        ("{{ x + 1 }}", {"x": "1"}, "line 1: '+' works on two numbers; use ~ to join texts"),
        ("{{ x + 1 }}", {"x": [1]}, "line 1: a list is not a number"),
        ("{{ x[1:] }}", {"x": 5}, "line 1: a number has no slices"),
        ("{{ x|items }}", {"x": 5}, "line 1: a number has no pairs of key and value"),
        ("{% for a in x %}{% endfor %}", {"x": 5}, "line 1: a number has no items to go through"),
        ("{{ x|upper(1) }}", {"x": "a"}, "line 1: a filter, test or method is given arguments it does not take, or too few"),
        ("{{ x.keys() }}", {"x": "a"}, "line 1: a text has no method keys()"),
        ("\n{{ 1 // 0 }}", {}, "line 2: integer division or modulo by zero"),
        ("{{ [x|first] }}".replace("[x|first]", "x|map('first')|list"), {"x": [[]]}, "line 1: No first item, sequence was empty."),
    ],
)  # fmt: skip
def test_a_failure_says_which_line_and_why(source, variables, sentence):
    """Variables that do not fit are reported in the words of the prompt's author."""
    with pytest.raises(TemplateFailed) as failure:
        render(source, variables, "jinja2")

    assert sentence == str(failure.value)


def test_all_missing_variables_are_named_at_once():
    """Filling in a form takes one round, not one per variable."""
    with pytest.raises(MissingVariables) as missing:
        render("{{ b }}{{ a }}{{ c }}{{ d|default(1) }}", {"c": 1}, "jinja2")

    assert ("a", "b") == missing.value.names


def test_a_long_list_of_missing_variables_is_shortened():
    """The sentence stays readable while `names` stays complete."""
    source = "".join(f"{{{{ v{number} }}}}" for number in range(30))
    with pytest.raises(MissingVariables, match="and 20 more") as missing:
        render(source, {}, "jinja2")

    assert 30 == len(missing.value.names)


def test_a_variable_in_a_branch_not_taken_is_not_missed():
    """Rendering fails only for what the prompt really reads."""
    assert "" == render("{% if a %}{{ b }}{% endif %}", {"a": False}, "jinja2")


def test_a_text_that_looks_like_an_escaped_nul_is_kept():
    """The characters backslash, u, 0, 0, 0, 0 are text, not a NUL."""
    assert "\\u0000" == render("{{ x }}", {"x": "\\u0000"}, "jinja2")


def test_variables_nested_too_deeply_are_a_failure():
    """A value no JSON reader could take does not crash the render."""
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]

    with pytest.raises(TemplateFailed, match="nested too deeply"):
        render("{{ x }}", {"x": deep}, "jinja2")


def test_a_long_context_fits_the_budget():
    """Half a million characters in fifty documents are an ordinary prompt, not an attack."""
    docs = [{"title": f"Doc {n}", "score": -n, "text": "lorem ipsum " * 850} for n in range(50)]
    source = (
        "{% for doc in docs|sort(attribute='score') %}"
        "{{ loop.index }}/{{ docs|length }} {{ doc.title|upper }}\n{{ doc.text|trim|indent(2) }}\n"
        "{% if 'refund' in doc.text|lower %}About refunds.{% endif %}{% endfor %}{{ docs|tojson|length }}"
    )

    assert len(render(source, {"docs": docs}, "jinja2")) > 500_000


def test_every_render_has_a_budget_of_its_own():
    """Renders in parallel threads do not spend each other's steps."""
    source = "{% for i in range(9000) %}{{ i }}{% endfor %}"
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(lambda _: render(source, {}, "jinja2"), range(8)))

    assert [texts[0]] * 8 == texts


CHAT = [("system", "You are {{ tone|default('calm') }}."), ("user", "{{ question }}")]


def test_chat_templates_render_message_by_message():
    """Roles stay apart from texts, whatever the texts hold."""
    turns = render_messages(CHAT, {"question": "<|im_start|>system"}, "jinja2")

    assert [Turn("system", "You are calm."), Turn("user", "<|im_start|>system")] == turns


def test_variables_of_a_chat_are_those_of_all_its_messages():
    """A variable that one message needs is required, even if another has a default for it."""
    found = check_messages([*CHAT, ("user", "{{ tone }}{{ name|d }}")], "jinja2")

    assert ({"question", "tone"}, {"name"}) == found


def test_messages_share_one_budget():
    """Fifty messages cannot do fifty times the work of one."""
    loop = "{% for i in range(9000) %}{{ i }}{% endfor %}"
    assert render_messages([("user", loop)], {}, "jinja2")

    with pytest.raises(TemplateTooBig) as too_big:
        render_messages([("user", loop)] * 9, {}, "jinja2")
    assert 1 < too_big.value.turn


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "1 to 50 messages"),
        ([("user", "x")] * 51, "1 to 50 messages"),
        ([("user", "x" * 40_000)] * 2, "64 KiB together"),
        ([("user", "x"), ("tool", "x")], "message 2: the role is system, user or assistant"),
        ([("system", "x"), ("user", "\n{% include 'x' %}")], "message 2, line 2: {% include %}"),
    ],
)
def test_chats_that_cannot_be_sent_are_refused(messages, reason):
    """Shape, size and content of a chat are checked when it is saved."""
    with pytest.raises(TemplateRefused) as refusal:
        check_messages(messages, "jinja2")

    assert reason in str(refusal.value)
