import pytest

from app.grounding.mentions import known_numbers, missing_names, missing_numbers
from app.grounding.signals import Source


@pytest.mark.parametrize(
    ("context", "output"),
    [
        ("It costs 1,000 dollars.", "It costs $1000."),
        ("It costs 1.50.", "It costs 1.5."),
        ("It made 5 million.", "It made 5,000,000 or 5 million or 5m."),
        ("It made 2,500,000.", "It made 2.5 million."),
        ("Two hundred guests, thirty-five rooms.", "200 guests, 35 rooms"),
        ("thirty-one days", "31 days"),
        ("On 1994-08-03.", "On August 3, 1994, the 3rd."),
        ("On August 3, 1994, and 5 May.", "1994-08-03, 05-05"),
        ("the third of ten", "the 3rd of 10"),
        ("half of the 1990s", "the 1990s, in 1990"),
        ("20% off", "20 % off"),
        ("", "2. Then go on"),
        ("", "(2) Then go on"),
    ],
)
def test_numbers_in_another_form_are_known(context, output):
    """A number is looked up by what it says, not by how it is written."""
    assert () == missing_numbers(output, known_numbers(context))


@pytest.mark.parametrize(
    ("context", "output", "missing"),
    [
        ("within 30 days", "within 45 days", ("45",)),
        ("you may return it", "in 5 days", ("5",)),
        ("the third day", "3 days", ("3",)),
        ("5 thousand", "5 million", ()),
        ("born in 1984", "born in 1994, 1994", ("1994",)),
        ("2.5 kg", "2.75 kg", ("2.75",)),
        ("", "42.", ("42",)),
        ("nothing", "x² costs ½", ()),
    ],
)
def test_numbers_the_context_lacks(context, output, missing):
    """They are listed as written, each once; the bare figure of a scaled number is forgiven."""
    assert missing == missing_numbers(output, known_numbers(context))


@pytest.mark.parametrize(
    ("context", "output", "missing"),
    [
        ("Ada Lovelace wrote.", "She met Ada Lovelace.", ()),
        (
            "Ada wrote.",
            "She met Ada Lovelace in New York, Boston & Co.",
            ("Ada Lovelace", "New York", "Boston & Co"),
        ),
        ("nothing", "Mumbai is big.", ()),
        ("nothing", "Marie Curie is known.", ("Marie Curie",)),
        ("nothing", "IBM grew.", ("IBM",)),
        ("nothing", "The J. K. Rowling book. I read it in Rome, Rome.", ("J. K. Rowling", "Rome")),
    ],
)
def test_names_the_context_lacks(context, output, missing):
    """Runs of capitals are names; a lone capital at the head of a sentence is not surely one."""
    assert missing == missing_names(output, Source(context).known)
