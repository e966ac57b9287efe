"""The rules on texts: length, patterns, words, formats, language and facts."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import checks, errors
from domain.checks import Given, Outcome, calculation, dates, fences, markdown, readability


def run(response, **spec):
    return checks.evaluate(spec, Given(response))


def passes(response, **spec):
    return run(response, **spec).result is Outcome.PASS


@pytest.mark.parametrize(
    ("unit", "text", "count"),
    [
        ("sentences", "Rest. Drink! Sleep?", 3), ("characters", "a b", 3), ("letters", "a 1 b", 2),
        ("lines", "a\n\n b \n", 2), ("paragraphs", "a\nb\n\n \nc", 2),
    ],
)  # fmt: skip
def test_length(unit, text, count):
    assert run(text, kind="length", unit=unit, min=count, max=count).evidence == f"{count} {unit}."
    assert passes(text, kind="length", unit=unit, min=count, max=count)
    assert not passes(text, kind="length", unit=unit, min=count + 1)


LONG = "Take one tablet of the new drug each morning with water. " * 10


@pytest.mark.parametrize(
    ("bounds", "result"),
    [
        ({"max": 200}, "pass"), ({"min": 50}, "pass"), ({"min": 50, "max": 200}, "pass"),
        ({"max": 80}, "fail"), ({"min": 160}, "fail"), ({"min": 10, "max": 20}, "fail"),
        ({"max": 120}, "abstain"), ({"min": 120}, "abstain"), ({"min": 110, "max": 130}, "abstain"),
        ({"min": 100, "max": 200}, "abstain"),
    ],
)  # fmt: skip
def test_tokens_are_an_estimate_that_abstains_within_its_error(bounds, result):
    found = run(LONG, kind="length", unit="tokens", **bounds)
    assert found.result == result
    assert found.evidence.startswith("About 120 tokens by an estimate; a model may count 96 to 150.")


def test_tokens_of_another_language_are_not_guessed():
    german = "Nehmen Sie morgens eine Tablette mit reichlich Wasser ein und legen Sie sich danach nicht hin."
    found = run(german, kind="length", unit="tokens", max=10_000)
    assert (found.result, "another language" in found.evidence) == ("abstain", True)
    assert passes("Ja.", kind="length", unit="tokens", max=10)
    assert passes("", kind="length", unit="tokens", max=10)


@pytest.mark.parametrize(
    ("spec", "text", "passed"),
    [
        ({"pattern": "a+b"}, "xaab", True),
        ({"pattern": "A+B"}, "xaab", False),
        ({"pattern": "A+B", "ignore_case": True}, "xaab", True),
        ({"pattern": "a", "count": 3}, "aXaXa", True),
        ({"pattern": "a", "count": 4}, "aXaXa", False),
        ({"pattern": "a", "mode": "absent"}, "bbb", True),
        ({"pattern": r"\d{4}", "mode": "whole"}, " 2024\n", True),
        ({"pattern": r"\d{4}", "mode": "whole"}, "in 2024", False),
        ({"pattern": "(a+)+$"}, "a" * 100_000 + "b", False),
        ({"pattern": "(x|x|x)*y"}, "x" * 100_000, False),
    ],
)
def test_regex(spec, text, passed):
    assert passes(text, kind="regex", **spec) is passed


def test_regex_says_where():
    found = run("é 5 mg, 10 mg", kind="regex", pattern=r"\d+ mg")
    assert ["é 5 mg, 10 mg"[start:end] for start, end in found.spans] == ["5 mg", "10 mg"]
    assert run("aaa", kind="regex", pattern="x*").spans == ()


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{5000}", "[z-a]", "(?P<a", "((a{100}){100}){100}"])
def test_a_pattern_that_cannot_be_used_is_refused_at_once(pattern):
    with pytest.raises(errors.Invalid, match="The pattern cannot be read") as caught:
        checks.validate({"kind": "regex", "pattern": pattern})
    assert caught.value.problems[0].pointer == "/pattern"


@pytest.mark.parametrize(
    ("spec", "text", "passed"),
    [
        ({"need": "all"}, "A red  Fox", False),
        ({"need": "all"}, "A red  Fox and a dog.", True),
        ({"need": "any"}, "One dog", True),
        ({"need": "any"}, "Dogs", False),
        ({"need": "any", "parts": True}, "Dogs", True),
        ({"need": "none"}, "A cat", True),
        ({"need": "none"}, "A dog", False),
        ({"need": "any", "times": 2}, "dog and dog", True),
        ({"need": "all", "times": 2}, "dog and dog", False),
        ({"at_least": 1}, "dog", True),
    ],
)
def test_keywords(spec, text, passed):
    found = run(text, kind="keywords", words=["red fox", "dog"], **spec)
    assert (found.result is Outcome.PASS) is passed
    assert len(found.details) == 2


@pytest.mark.parametrize(
    ("part", "count"),
    [("headings", 2), ("bullets", 3), ("numbers", 1), ("tables", 1), ("code", 2), ("quotes", 1), ("links", 1),
     ("images", 1), ("bold", 1)],
)  # fmt: skip
def test_markdown(part, count):
    text = (
        "# One\n## Two\n- a\n  * b\n+ c\n1. d\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```python\n# none\n- no\n```\n"
        "> said\n[link](x) ![image](y) **bold**\n~~~\n"
    )
    assert markdown.counts(text)[part] == count
    assert passes(text, kind="markdown", part=part, min=count, max=count)


def test_markdown_level_and_language():
    text = "# One\n## Two\n```py\n```\n"
    assert passes(text, kind="markdown", part="headings", level=2, min=1, max=1)
    assert passes(text, kind="markdown", part="code", language="PY", min=1)
    assert not passes(text, kind="markdown", part="code", language="js", min=1)
    assert passes("Plain.", kind="markdown", part="anything", max=0)


def test_fences_know_their_ends():
    (one, two) = fences.fences("```json x\n{}\n```\ntext\n~~~~\n```\n")
    assert (one.language, one.content, one.is_closed, one.first, one.last) == ("json", "{}", True, 0, 3)
    assert (two.language, two.content, two.is_closed) == ("", "```\n", False)
    assert fences.taken("a", "fence") is None and fences.taken(" a ", "anywhere") == "a"


SCHEMA = {"type": "object", "properties": {"dose": {"type": "integer", "minimum": 1}}, "required": ["dose"]}


@pytest.mark.parametrize(
    ("text", "place", "passed"),
    [
        ('{"dose": 5}', "anywhere", True),
        ('Here:\n```json\n{"dose": 5}\n```\nGood?', "anywhere", True),
        ('Here:\n```json\n{"dose": 5}\n```', "whole", False),
        ('{"dose": 5}', "fence", False),
        ('{"dose": 0}', "anywhere", False),
        ('{"dose": "5"}', "anywhere", False),
        ("{}", "anywhere", False),
        ("dose", "anywhere", False),
    ],
)
def test_json_schema(text, place, passed):
    assert passes(text, kind="json_schema", schema=SCHEMA, place=place) is passed


def test_json_schema_says_each_fault():
    found = run('{"dose": 0, "unit": 3}', kind="json_schema", schema={**SCHEMA, "maxProperties": 1})
    assert len((found.evidence, *found.details)) == 2 and "/dose: 0 is less" in "\n".join(
        (found.evidence, *found.details)
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing"},
        {"$ref": "https://example.com/schema"},
        {"$ref": "file:///etc/passwd"},
        {"pattern": "(?=a)b"},
        {"enum": ["x" * 100_001]},
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema):
    with pytest.raises(errors.Invalid) as caught:
        checks.validate({"kind": "json_schema", "schema": schema})
    assert caught.value.problems[0].pointer == "/schema"


def test_a_schema_cannot_hang():
    deep: dict = {}
    inner = deep
    for _ in range(300):
        inner["items"] = {}
        inner = inner["items"]
    with pytest.raises(errors.Invalid):
        checks.validate({"kind": "json_schema", "schema": deep})
    assert not passes('"' + "a" * 50_000 + '"', kind="json_schema", schema={"pattern": "^(a+)+$b"})
    endless = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert run("1", kind="json_schema", schema=endless).result in Outcome


@pytest.mark.parametrize(
    ("text", "spec", "passed"),
    [
        ("<a><b/></a>", {"root": "a", "elements": ["b"]}, True),
        ("```xml\n<a/>\n```", {}, True),
        ("<a/>", {"root": "b"}, False),
        ("<a>", {}, False),
        ("Text", {}, False),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', {}, False),
        ("<a>" * 300 + "</a>" * 300, {}, False),
        ("<a/>", {"place": "fence"}, False),
    ],
)
def test_xml(text, spec, passed):
    assert passes(text, kind="xml", **spec) is passed


def test_language_abstains_on_few_letters():
    assert run("Hm.", kind="language", codes=["en"]).result is Outcome.ABSTAIN
    assert passes("毎朝一錠を水で飲んでください。", kind="language", codes=["ja"])
    with pytest.raises(errors.Invalid, match="cannot be told"):
        checks.validate({"kind": "language", "codes": ["qq"]})


def test_readability_is_as_published():
    # 11 words in one sentence with 14 syllables: 206.835 - 1.015·11 - 84.6·14/11 and so on, by hand.
    text = "The cat sat on the mat and looked at the water."
    found = readability.measures(text)
    assert found == readability.Measures(1, 11, 12, 0, 36)
    assert readability.FORMULAS["flesch_reading_ease"](found) == pytest.approx(206.835 - 11.165 - 84.6 * 12 / 11)
    assert readability.FORMULAS["flesch_kincaid_grade"](found) == pytest.approx(4.29 + 11.8 * 12 / 11 - 15.59)
    assert readability.FORMULAS["gunning_fog"](found) == pytest.approx(4.4)
    assert readability.FORMULAS["coleman_liau"](found) == pytest.approx(5.88 * 36 / 11 - 29.6 / 11 - 15.8)
    assert run("Too short.", kind="readability", measure="gunning_fog", max=9).result is Outcome.ABSTAIN


LISTED = (
    "It helps [1], as others say [2-3] (Smith et al., 2020).\n\n## References\n1. Lee 2019\n[2] Kim\n3. Roe\nSmith 2020"
)


@pytest.mark.parametrize(
    ("text", "spec", "result"),
    [
        (LISTED, {"min": 4}, "pass"),
        (LISTED, {"min": 5}, "fail"),
        (LISTED.replace("3. Roe", "Roe"), {}, "fail"),
        (LISTED.replace("Smith 2020", "Jones 2020"), {}, "fail"),
        ("It helps [1].", {}, "fail"),
        ("It helps [1].", {"listed": False}, "pass"),
        ("It helps [1].", {"known": ["1"]}, "pass"),
        ("It helps (Lee, 2019).", {"known": ["Lee 2019"]}, "pass"),
        ("It helps (Lee, 2019).", {"known": ["Lee 2018"]}, "fail"),
        ("It helps.", {"min": 0}, "abstain"),
        ("It helps.", {}, "fail"),
    ],
)
def test_citations(text, spec, result):
    assert run(text, kind="citations", **spec).result.value == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("17 × 3 = 51", "pass"), ("17 × 3 = 52", "fail"), ("2 + 2 = 4 and 3 * 3 = 10", "fail"),
        ("1,200 + 300 = 1,500 patients", "pass"), ("100 / 3 = 33.33", "pass"), ("100/3 ≈ 33", "pass"),
        ("100/3 = 33", "fail"), ("(2 + 3) * 4 = 20.", "pass"), ("2^10 = 1024", "pass"), ("2**3 = 9", "fail"),
        ("12 plus 5 is 17", "pass"), ("12 times 5 equals 61", "fail"), ("<<48/2=24>>24", "pass"),
        ("20% × 50 = 10", "pass"), ("50 × 20 % = 10", "pass"), ("1 − 0.25 = 75%", "pass"), ("3 - 5 = -2", "pass"),
        ("1. First, 2 + 2 = 4", "pass"), ("so, 2 + 2 = 5", "fail"), ("$5 + $6", "abstain"), ("x = 5", "abstain"),
        ("a + b = c", "abstain"), ("2 + 2", "abstain"), ("", "abstain"), ("9^9^9 = 1", "abstain"),
        ("1 / 0 = 5", "abstain"), ("On 2024-05-03 = day", "abstain"), ("f(2) = 4", "abstain"),
        ("4 × 5 = 20 = 2 × 10", "pass"), ("(as 3 + 4 = 7)", "pass"),
    ],
)  # fmt: skip
def test_arithmetic(text, result):
    assert run(text, kind="arithmetic").result.value == result


def test_arithmetic_shows_the_right_result_and_the_place():
    found = run("Give 4 x 12 = 50 ml.", kind="arithmetic")
    assert found.details == ("4 x 12 = 50 is wrong: it is 48",)
    (span,) = found.spans
    assert "Give 4 x 12 = 50 ml."[span.start : span.end] == "4 x 12 = 50"
    assert passes("7 / 3 = 2.3", kind="arithmetic")
    assert passes("10 * 10 = 101", kind="arithmetic", tolerance=0.01)


@given(st.integers(-999, 999), st.integers(1, 999), st.sampled_from("+-*/"))
def test_calculation_agrees_with_python(one, two, sign):
    expected = {"+": one + two, "-": one - two, "*": one * two}.get(sign)
    found = calculation.value(f"({one}) {sign} {two}")
    assert found == expected if expected is not None else found * two == one


@given(st.text(alphabet="0123456789+-*/^(). ,%x", max_size=80))
def test_calculation_ends_with_a_value_or_a_reason(text):
    with contextlib.suppress(calculation.NotReckoned):
        assert calculation.value(text).numerator.bit_length() <= calculation.MAX_BITS * 2


@pytest.mark.parametrize(
    "text", ["9^9^9", "2^65", "(" * 40 + "1" + ")" * 40, "1" * 70, "1+" * 300 + "1", "0^-1", "2 2", ")"]
)
def test_calculation_refuses(text):
    with pytest.raises(calculation.NotReckoned):
        calculation.value(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("3 May 2024 was a Friday.", "pass"), ("May 3, 2024 (Friday)", "pass"), ("Friday, 3rd of May 2024", "pass"),
        ("It fell on Monday, 2024-05-03.", "fail"), ("2024-02-30 is a Friday", "fail"), ("2024 is a leap year", "pass"),
        ("1900 was a leap year", "fail"), ("1900 was not a leap year", "pass"),
        ("Between 1 May 2024 and 3 May 2024 there are 2 days.", "pass"),
        ("There are 3 days between 1 May 2024 and 3 May 2024.", "fail"), ("On 3 May 2024 we met.", "abstain"),
        ("Friday is fine.", "abstain"), ("From 1 May 2024 to 1 May 2025 there are 365 days", "pass"),
    ],
)  # fmt: skip
def test_calendar(text, result):
    found = run(text, kind="calendar")
    assert found.result.value == result
    assert all(text[start:end].strip() for start, end in found.spans)


@given(st.dates(dt.date(1600, 1, 1), dt.date(2400, 1, 1)), st.sampled_from(["iso", "day", "month"]))
def test_a_date_is_read_as_written(day, form):
    month = dates.MONTHS[day.month - 1].capitalize()
    written = {
        "iso": day.isoformat(),
        "day": f"{day.day} {month} {day.year:04}",
        "month": f"{month} {day.day}, {day.year:04}",
    }
    (found,) = dates.dates(f"On {written[form]}.")
    assert (found.date, found.text) == (day, written[form])


@pytest.mark.parametrize(
    ("spec", "text", "passed"),
    [
        ({"first": "2024-01-01"}, "On 3 May 2024.", True),
        ({"last": "2024-01-01"}, "On 3 May 2024.", False),
        ({"first": "2024-05-03", "last": "2024-05-03"}, "May 3rd, 2024 or 2020-01-01", True),
        ({"first": "2024-05-03", "each": True}, "May 3rd, 2024 or 2020-01-01", False),
        ({"first": "2024-05-03", "iso": True}, "May 3rd, 2024", False),
        ({"first": "2024-05-03"}, "No date; 2024-13-45.", False),
    ],
)
def test_date(spec, text, passed):
    assert passes(text, kind="date", **spec) is passed


@pytest.mark.parametrize(
    "spec", [{}, {"first": "2024-02-30"}, {"first": "soon"}, {"first": "2024-02-02", "last": "2024-01-01"}]
)
def test_date_needs_days(spec):
    with pytest.raises(errors.Invalid):
        checks.validate({"kind": "date", **spec})


TABLE = {"France": "Paris", "Peru": "Lima", "Mali": "Bamako"}


@pytest.mark.parametrize(
    ("text", "spec", "result"),
    [
        ("Paris is in France. Peru has Lima.", {}, "pass"),
        ("Paris is in Peru.", {}, "fail"),
        ("Lima and Paris are in Peru.", {}, "fail"),
        ("France is large.", {}, "abstain"),
        ("Paris is in France.", {"all_named": True}, "fail"),
        ("FRANCE: paris. Peru: Lima. Mali: Bamako.", {"all_named": True}, "pass"),
        ("Parisians live in France.", {}, "abstain"),
    ],
)
def test_lookup(text, spec, result):
    assert run(text, kind="lookup", table=TABLE, **spec).result.value == result


def test_too_long_an_answer_gets_no_answer():
    found = run("a " * 500_001, kind="words", min=1)
    assert found.result is Outcome.ABSTAIN and "1,000,002 characters" in found.evidence
