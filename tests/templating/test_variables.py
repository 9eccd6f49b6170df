import pytest

from app.templating.render import check

NONE: set[str] = set()


@pytest.mark.parametrize(
    ("source", "required", "optional"),
    [
        ("{{ a }} {{ b.c }} {{ d['e'] }} {{ f[g] }}", {"a", "b", "d", "f", "g"}, NONE),
        ("{{ a|default(b) }} {{ c|d('x')|upper }}", {"b"}, {"a", "c"}),
        ("{{ a|default('x') }} {{ a }}", {"a"}, NONE),
        ("{{ a.b|default('x') }}", {"a"}, NONE),
        ("{% if a is defined %}{{ a }}{% endif %}", NONE, {"a"}),
        ("{% if a is defined %}{% endif %}{{ a }}", {"a"}, NONE),
        ("{% if a is not defined %}-{% else %}{{ a }}{% endif %}", NONE, {"a"}),
        ("{% if a is undefined %}-{% elif a %}{{ a }}{% endif %}", NONE, {"a"}),
        ("{% if a is undefined %}{{ a }}{% endif %}", {"a"}, NONE),
        ("{% if a is defined and a.b and c %}{{ a }}{% endif %}", {"c"}, {"a"}),
        ("{% if a is defined or b %}{{ a }}{% endif %}", {"a", "b"}, NONE),
        ("{% if a is undefined or a == 1 %}x{% else %}{{ a }}{% endif %}", NONE, {"a"}),
        ("{% if not (a is defined and b is defined) %}x{% else %}{{ a ~ b }}{% endif %}", NONE, {"a", "b"}),
        ("{{ a if a is defined else b }}", {"b"}, {"a"}),
        ("{{ 'x' if c else a }}{{ 'x' if c }}", {"a", "c"}, NONE),
        ("{% for a in b %}{{ a }}{{ loop.index }}{{ c }}{% else %}{{ a }}{% endfor %}", {"a", "b", "c"}, NONE),
        ("{% for a, b in c if a == d %}{{ b }}{% endfor %}", {"c", "d"}, NONE),
        ("{% for a in b if c is defined %}{{ c }}{% endfor %}", {"b"}, {"c"}),
        ("{{ loop }}", {"loop"}, NONE),
        ("{% set a = b %}{{ a }}", {"b"}, NONE),
        ("{{ a }}{% set a = 1 %}", {"a"}, NONE),
        ("{% for i in x %}{% set a = i %}{% endfor %}{{ a }}", {"a", "x"}, NONE),
        ("{% if a is not defined %}{% set a = 1 %}{% endif %}{{ a }}", NONE, {"a"}),
        ("{% if c %}{% set a = 1 %}{% else %}{% set a = 2 %}{% endif %}{{ a }}", {"c"}, NONE),
        ("{% if c %}{% set a = 1 %}{% endif %}{{ a }}", {"a", "c"}, NONE),
        ("{% set a = a|default(1) %}{{ a }}", NONE, {"a"}),
        ("{% for i in range(n) %}{{ q.replace(i, o) }}{% endfor %}", {"n", "o", "q"}, NONE),
        ("{{ x|map(attribute='a')|selectattr('b', 'eq', c)|join(d) }}", {"c", "d", "x"}, NONE),
        ("{{ [1, 2] }}{{ {k: 1} }}{{ a[b:c] }}{{ -a }}", {"a", "b", "c", "k"}, NONE),
        ("{% raw %}{{ a }}{% endraw %}{# {{ b }} #}{{ '{{ c }}' }}", NONE, NONE),
        ("{{ true }}{{ none }}", NONE, NONE),
    ],
)  # fmt: skip
def test_variables_are_found_without_rendering(source, required, optional):
    """What a form asks for is what the template reads, and defaults make a field optional."""
    assert (required, optional) == check(source, "jinja2")
