"""Text of models and users, made so that no reader of a file acts on it.

What cannot be seen is shown: a control character becomes its picture (ESC is ␛), a character that
turns the direction of writing or hides text becomes its number (⟨U+202E⟩). Every line end becomes
the same one. What is special in one format only is that format's own to escape.
"""

import re

LINE_ENDS = {"\r\n", "\r", "\x85", "\u2028", "\u2029"}
PICTURES = 0x2400  # where Unicode has the pictures of the control characters
_UNSEEN = re.compile(
    r"\r\n|"
    r"[\x00-\x08\x0b-\x1f\x7f"  # control characters but tab and newline
    r"\x80-\x9f\ud800-\udfff\ufffe\uffff"  # and what is no character, in XML or anywhere
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb"  # line ends, directions
    r"\U000e0000-\U000e007f]"  # invisible copies of ASCII
)


def plain(text: str) -> str:
    """The text with tabs and line ends as its only control characters."""
    return _UNSEEN.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    unseen = found[0]
    if unseen in LINE_ENDS:
        return "\n"
    code = ord(unseen)
    if code < 0x20:
        return chr(PICTURES + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0 or 0xD800 <= code < 0xE000 or 0xFFFE <= code <= 0xFFFF:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"


def excerpt(text: str, most: int) -> str:
    """At most so many characters, and how many are left out."""
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]} … ({left_out:,} more characters)"


def one_line(text: str) -> str:
    return " ".join(plain(text).split())
