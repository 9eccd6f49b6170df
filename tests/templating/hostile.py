"""Templates written to hurt the machine or to look outside, and how each may end.

Run as a program, it renders them all in one process and prints the peak memory in MiB.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from app.templating.render import (
    TemplateFailed,
    TemplateRefused,
    TemplateTooBig,
    check,
    render,
)

Outcome = Literal["refused", "too_big", "failed", "harmless"]


class Hostile(NamedTuple):
    name: str
    outcomes: set[Outcome]
    source: str
    variables: Mapping[str, object] = {}


def outcome_of(source: str, variables: Mapping[str, object]) -> Outcome:
    """Saves and renders; an exception of any other kind escapes."""
    try:
        check(source, "jinja2")
    except TemplateRefused:
        return "refused"
    try:
        text = render(source, variables, "jinja2")
    except TemplateTooBig:
        return "too_big"
    except TemplateFailed:
        return "failed"
    assert len(text) <= 1_048_576
    assert "<built-in" not in text
    return "harmless"


MILLION = "a" * 1_000_000
ZEROS = [0] * 150_000
DEEP = json.loads("[" * 900 + "]" * 900)
DEEPER = "{% set a = x %}" + "{% set a = [0]|map('default', a, true)|list %}" * 500
DOUBLED = "{% set a = v[:1] %}{% set b = v[1:] %}" + "{% set a = a + a %}{% set b = b + b %}" * 15


def laughs(name: str, levels: int = 9) -> str:
    """A list of ten references to a list of ten references, and so on."""
    tens = "[0,0,0,0,0,0,0,0,0,0]"
    grown = f"{{% set {name} = {tens}|map('default', {name}, true)|list %}}"
    return f"{{% set {name} = {tens} %}}" + grown * levels


REFUSED: list[tuple[str, str]] = [
    # loops and ranges
    ("recursive loop", "{% for a in x recursive %}{{ loop(a) }}{% endfor %}"),
    ("four nested loops", "{% for i in range(99) %}" * 4 + "x" + "{% endfor %}" * 4),
    ("range with a keyword", "{{ range(stop=10) }}"),
    ("range of nothing", "{{ range() }}"),
    # arithmetic
    ("power", "{{ 9**9**9 }}"),
    ("power of variables", "{{ x ** y }}"),
    ("huge decimal", "{{ " + "9" * 5_000 + " }}"),
    ("huge hexadecimal", "{{ 0x" + "f" * 5_000 + " }}"),
    ("infinite constant", "{{ 1e999 }}"),
    ("huge constant", "{{ 1000000000000000001 }}"),
    # padding and formatting
    ("center", "{{ 'a'|center(10000000000) }}"),
    ("ljust", "{{ 'a'.ljust(10000000000) }}"),
    ("zfill", "{{ 'a'.zfill(10000000000) }}"),
    ("expandtabs", "{{ 'a\t'.expandtabs(10000000000) }}"),
    ("format filter", "{{ '%10000000000d'|format(1) }}"),
    ("format method", "{{ '{:10000000000}'.format(1) }}"),
    ("format_map", "{{ '{x}'.format_map({'x': 1}) }}"),
    ("translate", "{{ 'a'.translate({97: 'b'}) }}"),
    ("encode", "{{ 'a'.encode() }}"),
    ("batch", "{{ [1]|batch(10000000000, 0)|list }}"),
    ("slice filter", "{{ [1]|slice(10000000000)|list }}"),
    ("wordwrap", "{{ x|wordwrap(1) }}"),
    ("filesizeformat", "{{ 5|filesizeformat }}"),
    ("groupby", "{{ x|groupby('a') }}"),
    ("urlize", "{{ x|urlize }}"),
    ("pprint", "{{ x|pprint }}"),
    ("xmlattr", "{{ {'a': 1}|xmlattr }}"),
    ("random", "{{ [1, 2]|random }}"),
    # state and structure
    ("lipsum", "{{ lipsum(100000000) }}"),
    ("namespace", "{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}"),
    ("namespace attribute", "{% set n.a = 1 %}"),
    ("cycler", "{{ cycler('a').next() }}"),
    ("joiner", "{{ joiner() }}"),
    ("dict call", "{{ dict(a=1) }}"),
    ("macro recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
    ("call block", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}"),
    ("block", "{% block a %}{{ self.a() }}{% endblock %}"),
    ("filter block", "{% filter upper %}x{% endfilter %}"),
    ("set block", "{% set a %}x{% endset %}"),
    ("with", "{% with a = 1 %}{{ a }}{% endwith %}"),
    ("autoescape", "{% autoescape true %}{{ x }}{% endautoescape %}"),
    ("include", "{% include '/etc/passwd' %}"),
    ("import", "{% import 'os' as os %}"),
    ("from import", "{% from 'os' import path %}"),
    ("extends", "{% extends 'base' %}"),
    ("do", "{% do x.append(1) %}"),
    ("break", "{% for i in x %}{% break %}{% endfor %}"),
    ("debug", "{% debug %}"),
    # literals that could hold each other
    ("nested lists", "{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}"),
    ("nested tuples", "{% set a = (1, 1) %}{% set a = (a, a) %}"),
    ("nested dicts", "{% set a = {} %}{% set a = {'a': a, 'b': a} %}"),
    # depth and length
    ("3,000 brackets", "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}"),
    ("3,000 lists", "{{ " + "[" * 3_000 + "]" * 3_000 + " }}"),
    ("1,500 nested ifs", "{% if x %}" * 1_500 + "{% endif %}" * 1_500),
    ("60 nested ifs", "{% if x %}" * 60 + "{% endif %}" * 60),
    ("20,000 nots", "{{ " + "not " * 10_000 + "x }}"),
    ("20,000 signs", "{{ " + "-" * 20_000 + "1 }}"),
    ("long sum", "{{ " + "+".join("1" * 20_000) + " }}"),
    ("long chain of attributes", "{{ x" + ".a" * 20_000 + " }}"),
    ("long chain of filters", "{{ x" + "|d" * 20_000 + " }}"),
    ("long list", "{{ [" + "1," * 30_000 + "] }}"),
    ("long joining", "{{ " + "~".join("1" * 30_000) + " }}"),
    ("10,000 expressions", "{{ x }}" * 9_000),
    ("64 KiB and one", "a" * 65_537),
    ("64 KiB of wide letters", "漢" * 30_000),
    ("a million characters", "{{ x }}" * 150_000),
    ("a million brackets", "{{" * 500_000),
    ("unclosed", "{{ x"),
    ("32,000 unclosed", "{%" * 32_000),
    ("unclosed comment", "{#" * 32_000),
    ("unclosed text", "{{ '" + '"' * 60_000),
    # looking outside
    ("class", "{{ ''.__class__ }}"),
    ("subclasses", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
    ("globals of a global", "{{ cycler.__init__.__globals__ }}"),
    ("attr filter", "{{ ''|attr('__class__') }}"),
    ("self", "{{ self._TemplateReference__context }}"),
    ("self itself", "{{ self }}"),
    ("underscore name", "{{ _ }}"),
    ("underscore target", "{% set _a = 1 %}"),
    ("loop target", "{% set loop = 1 %}"),
    ("bare call", "{{ x(1) }}"),
    ("call of an item", "{{ x['upper']() }}"),
    ("call of a call", "{{ x.get('a')() }}"),
    ("mutation", "{{ x.append(1) }}"),
    ("dict mutation", "{{ x.update({'a': 1}) }}"),
    ("clearing", "{{ x.clear() }}"),
    ("loop.changed", "{% for i in x %}{{ loop.changed(i) }}{% endfor %}"),
    ("unpacked arguments", "{{ x|join(*y) }}"),
    ("unpacked options", "{{ x.split(**y) }}"),
    ("unpacked test", "{{ x is eq(*y) }}"),
    ("hidden filter", "{{ x|_counted }}"),
    ("hidden filter by name", "{{ x|map('_counted')|list }}"),
    ("filter by variable", "{{ x|map(y)|list }}"),
    ("test by variable", "{{ x|select(y)|list }}"),
    ("attribute test by variable", "{{ x|selectattr('a', y)|list }}"),
    ("unknown filter in map", "{{ x|map('attr', '__class__')|list }}"),
    ("unknown test", "{{ x is callable }}"),
    ("safe", "{{ x|safe }}"),
    ("escape", "{{ x|e }}"),
    # what cannot be stored
    ("NUL", "a\0b"),
    ("NUL in a text", "{{ 'a\\x00b' }}"),
    ("half a surrogate", "a\ud800b"),
    ("half a surrogate in a text", "{{ '\\ud800' }}"),
    ("half a surrogate in a list", "{{ ['\\ud800'] }}"),
]  # fmt: skip

RUN: list[Hostile] = [
    Hostile("nested ranges", {"too_big"}, "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}"),
    Hostile("nested loops", {"too_big"}, "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}"),
    Hostile("range of 10^9", {"too_big"}, "{{ range(1000000000) }}"),
    Hostile("range of 10^18", {"too_big"}, "{{ range(1000000000000000000) }}"),
    Hostile("range of a variable", {"failed"}, "{{ range(x) }}", {"x": 10**30}),
    Hostile("range of a text", {"failed"}, "{{ range('9') }}"),
    Hostile("range that is long backwards", {"too_big"}, "{{ range(0, -999999999, -1) }}"),
    Hostile("range that overwrites itself", {"harmless"}, "{% set range = 5 %}{{ range(3) }}"),
    Hostile("text times 10^10", {"failed"}, "{{ 'a' * 10000000000 }}"),
    Hostile("10^10 times text", {"failed"}, "{{ 10000000000 * x }}", {"x": "a"}),
    Hostile("list times 10^10", {"failed"}, "{{ [0] * 10000000000 }}"),
    Hostile("percent formatting", {"failed"}, "{{ '%10000000000d' % 1 }}"),
    Hostile("percent formatting by a test", {"failed"}, "{{ '%1000000000d' is odd }}"),
    Hostile("percent formatting by divisibleby", {"failed"}, "{{ '%1000000000d' is divisibleby(3) }}"),
    Hostile("percent formatting by select", {"failed"}, "{{ ['%1000000000d']|select('even')|list }}"),
    Hostile("big product", {"failed"}, "{{ 1000000000000000000 * 1000000000000000000 * 10 }}"),
    Hostile("big variable", {"failed"}, "{{ x * 2 }}", {"x": 10**4000}),
    Hostile("big integers divided", {"failed"}, "{{ x|int(base=16) is divisibleby(y|int(base=16)) }}", {"x": "f" * 500_000, "y": "e" * 250_000}),
    Hostile("round to -10^9 digits", {"failed"}, "{{ 5|round(-1000000000) }}"),
    Hostile("ceil at 10^9 digits", {"failed"}, "{{ 5|round(1000000000, 'ceil') }}"),
    Hostile("division by zero", {"failed"}, "{{ 1 / 0 }}"),
    Hostile("infinity", {"failed"}, "{{ '1e999'|float }}"),
    Hostile("doubling by ~", {"too_big"}, "{% set a = 'a' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}"),
    Hostile("doubling by +", {"too_big"}, "{% set a = 'a' %}" + "{% set a = a + a %}" * 40 + "{{ a }}"),
    Hostile("doubling a list", {"too_big"}, "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a }}"),
    Hostile("doubling a dict's list", {"too_big"}, "{% set a = x.a %}" + "{% set a = a + a %}" * 40, {"x": {"a": [1, 2]}}),
    Hostile("printing laughs", {"too_big"}, laughs("a") + "{{ a }}"),
    Hostile("comparing laughs", {"too_big"}, laughs("a") + laughs("b") + "{{ a == b }}"),
    Hostile("testing laughs", {"too_big"}, laughs("a") + laughs("b") + "{{ a is eq(b) }}"),
    Hostile("looking for laughs", {"too_big"}, laughs("a") + laughs("b") + "{{ b in a }}"),
    Hostile("counting laughs", {"too_big"}, laughs("a") + laughs("b") + "{{ a.count(b) }}"),
    Hostile("upper laughs", {"too_big"}, laughs("a") + "{{ a|upper|length }}"),
    Hostile("lower test of laughs", {"too_big"}, laughs("a") + "{{ a is lower }}"),
    Hostile("joining laughs", {"too_big"}, laughs("a") + "{{ a|join }}"),
    Hostile("sorting laughs", {"too_big"}, laughs("a") + "{{ a|sort|length }}"),
    Hostile("laughs as JSON", {"too_big"}, laughs("a") + "{{ a|tojson(indent=8) }}"),
    Hostile("laughs as a key", {"failed"}, laughs("a") + "{{ x[a] }}", {"x": {}}),
    Hostile("wide lists compared", {"too_big"}, DOUBLED + "{{ a == b }}", {"v": [ZEROS, ZEROS]}),
    Hostile("wide lists sorted", {"too_big"}, DOUBLED + "{{ (a + b)|sort|length }}", {"v": [ZEROS, ZEROS]}),
    Hostile("indent of 10^8", {"failed"}, "{{ 'a\nb'|indent(100000000) }}"),
    Hostile("indent by a text", {"failed"}, "{{ 'a\nb'|indent(x) }}", {"x": MILLION}),
    Hostile("indent of a million lines", {"too_big"}, "{{ x|indent(32) }}", {"x": "\n" * 400_000 + "a"}),
    Hostile("JSON indent of 10^9", {"failed"}, "{{ [1]|tojson(indent=1000000000) }}"),
    Hostile("JSON of a deep list", {"failed", "too_big"}, "{{ x|tojson(indent=8) }}", {"x": DEEP}),
    Hostile("JSON again and again", {"too_big"}, "{% for i in range(12) %}{{ x|tojson|length }}{% endfor %}", {"x": ZEROS}),
    Hostile("a list longer than 1 MiB as JSON", {"too_big"}, "{% set a = x + x %}{{ a|tojson|length }}", {"x": [MILLION]}),
    Hostile("lists deeper than Python's stack", {"too_big", "harmless"}, DEEPER + "{{ a|tojson|length }}", {"x": DEEP}),
    Hostile("numbers that collide", {"harmless"}, "{{ x|unique|length }}", {"x": [n * (2**61 - 1) for n in range(40_000)]}),
    Hostile("floats that collide", {"harmless"}, "{{ x|unique|length }}", {"x": [n * 2.0**e for n in range(1, 900) for e in range(0, 900, 61)]}),
    Hostile("searching backwards", {"too_big"}, "{{ x.rsplit('ab' ~ x[:200000])|length }}", {"x": MILLION[:500_000]}),
    Hostile("searching near misses", {"too_big"}, "{% for i in range(9999) %}{% if y in x %}{% endif %}{{ x.count(y) }}{% endfor %}", {"x": MILLION[:29_999], "y": "a" * 97 + "ba"}),
    Hostile("replace bomb", {"too_big"}, "{{ x|replace('a', x)|length }}", {"x": MILLION}),
    Hostile("replace bomb by a negative count", {"too_big"}, "{{ x|replace('a', x, -1)|length }}", {"x": MILLION}),
    Hostile("replace method", {"too_big"}, "{{ x.replace('', x)|length }}", {"x": MILLION}),
    Hostile("join bomb", {"too_big"}, "{{ range(10000)|join(x)|length }}", {"x": MILLION}),
    Hostile("join method", {"too_big"}, "{{ x.join(range(10000))|length }}", {"x": MILLION}),
    Hostile("output bomb", {"too_big"}, "{% for i in range(1000) %}" + "a" * 60_000 + "{% endfor %}"),
    Hostile("sum of lists", {"failed"}, "{{ x|sum(start=[])|length }}", {"x": [[1]] * 150_000}),
    Hostile("slices in a loop", {"too_big"}, "{% for i in range(10000) %}{% set b = x[1:] %}{% endfor %}", {"x": ZEROS}),
    Hostile("slices of a text", {"too_big"}, "{% for i in range(10000) %}{% set b = x[::-1] %}{% endfor %}", {"x": MILLION}),
    Hostile("lists of letters", {"too_big"}, "".join(f"{{% set a{i} = x|list %}}" for i in range(60)), {"x": "漢" * 300_000}),
    Hostile("splitting", {"too_big"}, "{% for i in range(99) %}{% set b = x.split('a') %}{% endfor %}", {"x": MILLION}),
    Hostile("stripping many letters", {"failed"}, "{{ x|trim(y)|length }}", {"x": MILLION[:400_000], "y": "b" * 400_000 + "a"}),
    Hostile("stripping by a method", {"failed"}, "{{ x.strip(y)|length }}", {"x": MILLION[:400_000], "y": "b" * 400_000 + "a"}),
    Hostile("titles", {"too_big"}, "{% for i in range(11) %}{{ x|title|length }}{% endfor %}", {"x": "a-" * 400_000}),
    Hostile("word counts", {"too_big"}, "{% for i in range(99) %}{{ x|wordcount }}{% endfor %}", {"x": "a " * 400_000}),
    Hostile("a path of 100,000 parts", {"too_big"}, "{% for i in range(99) %}{{ x|map(attribute=y, default=z)|list|length }}{% endfor %}", {"x": [{}] * 1000, "y": "." * 100_000, "z": {"": {"": 1}}}),
    Hostile("a long missing key", {"harmless"}, "{% for i in range(5000) %}{% if d[x] is defined %}1{% endif %}{% endfor %}", {"d": {}, "x": MILLION}),
    Hostile("a chain of lazy filters", {"too_big"}, "{% set x = range(10000) %}" + "{% set x = x|select('number') %}" * 250 + "{{ x|list|length }}"),
    Hostile("uncounted statements", {"too_big"}, "{% for i in range(10000) %}" + "{% set b = i %}" * 1_200 + "{% endfor %}"),
    Hostile("uncounted conditions", {"too_big"}, "{% for i in range(10000) %}{% for j in range(5) %}" + "{% if i and j %}{% endif %}" * 900 + "{% endfor %}{% endfor %}"),
    Hostile("loop conditions", {"too_big"}, "{% for i in range(10000) if " + "(" * 9 + "i" + " and i)" * 9 + " %}{% for j in range(9) %}{% endfor %}{% endfor %}"),
    Hostile("assert inside truncate", {"failed"}, "{{ 'abc'|truncate(1) }}"),
    Hostile("method without brackets", {"failed"}, "{{ q.upper }}", {"q": "x"}),
    Hostile("method in a condition", {"failed"}, "{% if q.upper %}x{% endif %}", {"q": "x"}),
    Hostile("method of another kind", {"failed"}, "{{ q.items() }}", {"q": "x"}),
    Hostile("the loop itself", {"failed"}, "{% for i in [1] %}{{ loop }}{% endfor %}"),
    Hostile("the loop as a list", {"failed"}, "{% for i in [1] %}{{ loop|list }}{% endfor %}"),
    Hostile("inside of the loop", {"failed"}, "{% for i in [1] %}{{ loop['_iterable'] }}{% endfor %}"),
    Hostile("class as an item", {"failed"}, "{{ x['__class__'] }}", {"x": "a"}),
    Hostile("class by map", {"failed"}, "{{ ['a']|map(attribute='__class__')|list }}"),
    Hostile("class by sort", {"failed"}, "{{ ['a', 'b']|sort(attribute='__class__.__mro__') }}"),
    Hostile("attr by nested map", {"failed"}, "{{ [['a']]|map('map', 'attr', '__class__')|list }}".replace("[['a']]", "x"), {"x": [["a"]]}),
    Hostile("item of a number", {"failed"}, "{{ 1[0] }}"),
    Hostile("item beyond the end", {"failed"}, "{{ x[5] }}", {"x": [1]}),
    Hostile("attribute of nothing", {"failed"}, "{{ x.y.z }}", {"x": {}}),
    Hostile("no variable", {"failed"}, "{{ x }}"),
    Hostile("second-order injection", {"harmless"}, "{{ x }}", {"x": "{% for i in range(10**9) %}{{ 9**9**9 }}{% endfor %}"}),
    Hostile("NUL in a variable", {"failed"}, "{{ x }}", {"x": "a\0"}),
    Hostile("NUL in a key", {"failed"}, "{{ x }}", {"x": {"a\0": 1}}),
    Hostile("NUL after backslashes", {"failed"}, "{{ x }}", {"x": "\\\\\0"}),
    Hostile("half a surrogate in a variable", {"failed"}, "{{ x }}", {"x": "\udfff"}),
    Hostile("not a number as a variable", {"failed"}, "{{ x }}", {"x": float("nan")}),
    Hostile("an object as a variable", {"failed"}, "{{ x }}", {"x": object()}),
    Hostile("long variables", {"too_big"}, "{{ x }}", {"x": MILLION * 2}),
]  # fmt: skip

CORPUS = [Hostile(name, {"refused"}, source) for name, source in REFUSED] + RUN


def main() -> None:
    for hostile in CORPUS:
        outcome_of(hostile.source, hostile.variables)
    # not getrusage: a child inherits its parent's peak through fork
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(str(int(peak_kib) // 1024))


if __name__ == "__main__":
    main()
