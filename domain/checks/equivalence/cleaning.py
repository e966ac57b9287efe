"""Text as people and models write it → one plain spelling that the parser reads."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from domain.checks.equivalence import limits

_SIGNS: Final = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "‐": "-", "‑": "-", "×": r"\times ", "⋅": r"\cdot ",
        "·": r"\cdot ", "∙": r"\cdot ", "÷": "/", "∕": "/", "⁄": "/", "√": r"\sqrt ", "π": r"\pi ", "∞": r"\infty ",
        "≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ", "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "±": r"\pm ",
        "∓": r"\mp ", "°": r"^{\circ}", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ",
        "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℕ": r"\mathbb{N}", "ℚ": r"\mathbb{Q}", "∣": "|", "∶": ":",
        "θ": r"\theta ", "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "λ": r"\lambda ", "φ": r"\phi ",
        "σ": r"\sigma ", "ω": r"\omega ", "μ": "µ", "Ω": "Ω", "٫": ".", "٬": ",",
        "，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "％": "%", "’": "'", "′": "'",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u3000": " ", "\x0c": r"\f",
    }
)  # fmt: skip
_RAISED: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_RAISED_RUN: Final = re.compile("[" + "".join(_RAISED) + "]+")
_LOWERED: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_LOWERED_RUN: Final = re.compile("[" + "".join(_LOWERED) + "]+")
_FENCES: Final = re.compile(r"\\[()\[\]]|(?<!\\)\$+")
_DOUBLED: Final = re.compile(r"\\\\(?=[A-Za-z{}%$,;!|])")
_SINGLE: Final = re.compile(r"(?<!\\)\\[A-Za-z]")
_WRAPPERS: Final = re.compile(
    r"\\(?:left|right|bigg?[lrm]?|Bigg?[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|hfill|hline)(?![A-Za-z])"
)
_SPACES: Final = re.compile(
    r"\\(?:[,;:! ]|quad(?![A-Za-z])|qquad(?![A-Za-z])|enspace(?![A-Za-z])|thinspace(?![A-Za-z]))|~"
)
_FRACTIONS: Final = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_LINES: Final = re.compile(r"\\(?:begin|end)\{(?:align|aligned|equation|gather|split)\*?\}")
_EMPHASIS: Final = re.compile(r"(?<![\w)}])(?:\*\*|__)(?=\S)|(?<=\S)(?:\*\*|__)(?![\w({\\])|`")
_OVERRIDES: Final = re.compile("[\u202d\u202e]")
_MONEY: Final = re.compile(r"\\\$|[€£¥₹]|\bUS\\?\$")
_POINT_THOUSANDS: Final = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+),(\d+)(?![\d.,])")
_SPACE_THOUSANDS: Final = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d])")
_TICK_THOUSANDS: Final = re.compile(r"(?<=\d)'(?=\d{3}(?!\d))")
_TIGHT_THOUSANDS: Final = re.compile(r"(?<=\d)\s*(?:\{\s*,\s*\}|,\s*\\!|\\!\s*,|\{,\\!\})\s*(?=\d{3}(?!\d))")
_BY_TEN: Final = re.compile(r"(?<=\d)\s*(?:[xX*])\s*(?=10\s*(?:\^|\*\*))")
_PERCENT: Final = re.compile(r"\b(?:percent|per cent|pct)\b\.?", re.IGNORECASE)
_DEGREES: Final = re.compile(r"\b(?:degrees?|deg)\b", re.IGNORECASE)
_CIRCLE: Final = re.compile(r"\^\s*\{?\s*\\circ\s*\}?")


def characters(text: str) -> str:
    """Digits of any script, signs of any keyboard, nothing invisible."""
    if _OVERRIDES.search(text):
        raise limits.Unreadable("the direction of the text is turned by hidden signs")
    text = _RAISED_RUN.sub(lambda run: "^{" + "".join(_RAISED[sign] for sign in run[0]) + "}", text)
    text = _LOWERED_RUN.sub(lambda run: "_{" + "".join(_LOWERED[sign] for sign in run[0]) + "}", text)
    text = text.translate(_SIGNS)
    return "".join(_character(sign) for sign in text) if not text.isascii() else text.replace("\x00", "")


def _character(sign: str) -> str:
    if sign.isascii():
        return "" if sign == "\x00" else sign
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    if unicodedata.category(sign) in {"Cf", "Cc", "Cs", "Co"}:
        return ""
    plain = unicodedata.normalize("NFKC", sign)
    over, slash, under = plain.partition("⁄")
    return rf"\frac{{{over}}}{{{under}}}" if slash else plain


def latex(text: str) -> str:
    """One spelling for what LaTeX writes in many ways."""
    text = _once(text).replace("\\\\", r" \cr ")
    text = _MONEY.sub(" ", text)
    text = _FENCES.sub(" ", text)
    text = _LINES.sub(" ", text)
    text = _TIGHT_THOUSANDS.sub("", text)
    text = _SPACES.sub(" ", text)
    text = _WRAPPERS.sub(" ", text)
    text = _FRACTIONS.sub(r"\\frac", text)
    text = _CIRCLE.sub(" ° ", text)
    text = text.replace(r"\degree", " ° ").replace(r"\%", "%").replace(r"\&", "&")
    text = _EMPHASIS.sub("", text)
    text = _PERCENT.sub("%", text)
    return _DEGREES.sub("°", text)


def _once(text: str) -> str:
    """Backslashes written twice, as in a program's string, once; the row ends of a matrix stay."""
    if r"\\" in text and not _SINGLE.search(text) and _DOUBLED.search(text):
        return text.replace("\\\\", "\\")
    return text


def numbers(text: str) -> str:
    """Thousands without marks, the decimal sign a point, where there is no doubt."""
    text = _POINT_THOUSANDS.sub(lambda found: found[1].replace(".", "") + "." + found[2], text)
    text = _TICK_THOUSANDS.sub("", text)
    text = _SPACE_THOUSANDS.sub(lambda found: found[0].replace(" ", ""), text)
    return _BY_TEN.sub(r" \\times ", text)


def clean(text: str) -> str:
    """All of it, with a final mark of punctuation and outer blanks gone."""
    if len(text) > limits.TAIL:
        raise limits.TooBig(f"longer than {limits.TAIL:,} characters")
    text = numbers(latex(characters(text)))
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"(?<![.\\])(?:[.,;:?]|(?<=[a-z ])!)$", "", text).strip()
    if len(text) > limits.TEXT:
        raise limits.TooBig(f"longer than {limits.TEXT:,} characters")
    return text


def folded(text: str) -> str:
    """For comparing words: no case, no marks but letters, digits and signs, one blank between."""
    text = re.sub(r"\\(?:text[a-z]*|mathrm|mathbf|mathit|operatorname|mbox)\s*\{([^{}]*)\}", r"\1", text)
    return re.sub(r"\s+", " ", text.casefold()).strip(" .")


def tight(text: str) -> str:
    """For comparing formulas letter by letter: no blanks, no empty braces round one sign."""
    text = re.sub(r"\{(\w)\}", r"\1", text)
    return re.sub(r"\s+", "", text)
