"""Every instruction of both families on an answer that follows it and one that does not."""

import pytest

from domain import checks, errors
from domain.checks import Given, Outcome
from domain.checks.instructions.ifbench import IFBENCH
from domain.checks.instructions.ifeval import IFEVAL

IFEVAL_CASES = [
    ("keywords:existence", {"keywords": ["Dose", "tea"]}, "The doses of team A.", "The dose alone."),
    ("keywords:frequency", {"keyword": "tea", "frequency": 2, "relation": "at least"}, "Tea, team.", "Tea."),
    ("keywords:frequency", {"keyword": "tea", "frequency": 2, "relation": "less than"}, "Tea.", "Tea, team."),
    ("keywords:forbidden_words", {"forbidden_words": ["tea"]}, "A team.", "Some TEA."),
    ("keywords:letter_frequency", {"letter": "a", "let_frequency": 2, "let_relation": "at least"}, "A a.", "A."),
    ("length_constraints:number_words", {"num_words": 3, "relation": "less than"}, "Two words.", "Now three words."),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, "One. Two!", "Dr. Who ran."),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "One\n***\nTwo", "One\n***\n\n***\nTwo"),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"},
        "One.\n\n'Then, two.",
        "One.\n\nThereafter two.",
    ),
    ("change_case:english_capital", {}, "THIS IS WHAT WE TOLD THEM.", "THIS IS what WE TOLD THEM."),
    ("change_case:english_lowercase", {}, "this is what we told them.", "This is what we told them."),
    ("change_case:english_lowercase", {}, "this is what we told them.", "das haben wir ihnen gestern gesagt."),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        "THE END.",
        "The END.",
    ),
    ("punctuation:no_comma", {}, "None here.", "One, here."),
    ("language:response_language", {"language": "de"}, "Das ist ein kurzer deutscher Satz.", "This is not."),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[name] at [place]", "[name] at home"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Bye.\nP. S. One more.", "Bye.\nPS One more."),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "P. P.S. More.", "P.S. More."),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* one\n- two", "* one\n**bold**"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*one* and *two*", "*one* and **"),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Section", "num_sections": 2},
        "Section 1\nA\nSection 2\nB",
        "Section A\nSection 2\nB",
    ),
    ("detectable_format:json_format", {}, '```json\n{"a": 1}\n```', "{a: 1}"),
    ("detectable_format:title", {}, "<<Hope>>\nText", "<< >>\nText"),
    ("detectable_format:constrained_response", {}, "Well. My answer is maybe.", "My answer is possibly."),
    ("combination:two_responses", {}, "One\n******\nTwo", "One\n******\nOne"),
    ("combination:two_responses", {}, "One\n******\nTwo", "One\n******\nTwo\n******\nThree"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Do it."}, "do it. Done.", "Done. Do it."),
    ("startend:end_checker", {"end_phrase": "The end."}, 'So: "the end."', "The end. Or not."),
    ("startend:quotation", {}, ' "All of it." ', '"Some" of it.'),
]
WORDS = "level radar civic kayak rotor madam refer stats tenet solos"
ALPHABET = " ".join(f"{letter}nd so on." for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
AFRICA = "\n".join(["Zimbabwe", *(f"Y{chr(122 - n // 26)}{chr(122 - n % 26)}" for n in range(51))])
QUESTIONS = "\n".join(
    f"Question {n}. Who painted {'very ' * n}well?\n" + "\n".join(f"{letter}) One" for letter in "ABCDE")
    for n in range(1, 5)
)
CAPITALS = (
    "Reykjavík, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, "
    "Amsterdam, Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, Vaduz, Chișinău, "
    "Bern, Ljubljana, Zagreb"
)
CITIES = "ID,Country,City,Year,Count\n"
KEYWORDS = {"keyword1": "ax", "keyword2": "bx", "keyword3": "cx", "keyword4": "dx", "keyword5": "ex"}
COUNTED = " ".join(["ax", *["bx"] * 2, *["cx"] * 3, *["dx"] * 5, *["ex"] * 7])
IFBENCH_CASES = [
    ("count:word_count_range", {"min_words": 2, "max_words": 3}, "Two words.", "One."),
    ("count:unique_word_count", {"N": 3}, "One two three.", "One, one one."),
    ("ratio:stop_words", {"percentage": 50}, "the cat", "it is the cat"),
    ("ratio:sentence_type", {}, "One. Two. Three?", "One. Two?"),
    ("ratio:sentence_balance", {}, "One. Two? Three!", "One. Two?"),
    ("count:conjunctions", {"small_n": 2}, "This and that, or so.", "This and that and those."),
    ("count:person_names", {"N": 2}, "Emma met Liam.", "Emma met emma and Liamson."),
    ("ratio:overlap", {"reference_text": "abcdef", "percentage": 50}, "abcdxy", "uvwxyz"),
    ("count:numbers", {"N": 2}, "1,000.5 and 3", "1 and 2 and 3"),
    ("words:alphabet", {}, "Yes, zebras always bite", "All cats bite"),
    ("words:vowel", {}, "an egg is his", "an egg is so good, you know"),
    ("words:consonants", {}, "strong plants", "a strong plant"),
    ("sentence:alliteration_increment", {}, "One cat. Big bad cat. Go get good dogs.", "Big bad cat. One cat."),
    ("words:palindrome", {}, WORDS, "level radar civic noon"),
    ("count:punctuation", {}, "What?! Yes, no; see: a? b! c.", "What? Yes, no; see: a? b! c."),
    ("format:parentheses", {}, "(a[b{c(d[e])}])", "((((no)))) (((((]"),
    ("format:quotes", {}, '"He said \'she said "no"\'"', "\"He said 'no'\""),
    ("words:prime_lengths", {}, "to the seven", "four"),
    ("format:options", {"options": "yes/no/maybe"}, "Maybe.", "Maybe not."),
    ("format:options", {"options": "I know or I don't know"}, "I know", "I think"),
    ("format:options", {"options": "a), b), c)"}, "b)", "b"),
    ("format:newline", {}, "one\ntwo\nthree", "one two\nthree"),
    ("format:emoji", {}, "Good 😀. Fine. 🎉", "Good 😀. Fine."),
    ("ratio:sentence_words", {}, "One cat. Two dog. Six hen.", "One cat. Two dogs. Six hen."),
    ("count:words_japanese", {"N": 2}, "one 猫 three 4", "one two three 4"),
    ("words:start_verb", {}, "Explain it well.", "The point is clear."),
    ("words:repeats", {"small_n": 1}, "One two", "One two one"),
    ("sentence:keyword", {"word": "dose", "N": 2}, "First. The Dose is 5.", "The dose. First."),
    ("count:pronouns", {"N": 3}, "She/her saw it.", "Tea is good."),
    ("words:odd_even_syllables", {}, "cat happy dog water", "cat dog"),
    ("words:last_first", {}, "I see you. You see me.", "I see you. They see me."),
    ("words:paragraph_last_first", {}, "Home is home.\n\nTea and good tea", "Home is here."),
    ("sentence:increment", {"small_n": 1}, "One. Two words. Now three words.", "One. Now three words."),
    ("words:no_consecutive", {}, "One two six", "Two tall men"),
    ("format:line_indent", {}, "a\n b\n\n  c", "a\nb"),
    ("format:quote_unquote", {}, 'He said "no" and left.', 'He said "no" "yes".'),
    ("format:list", {"sep": "!?!?"}, "!?!? one\n!?!? two", "!?!? one"),
    ("format:thesis", {}, "<i>Tea is good.</i> It warms.", "<i>Tea is good.</i>"),
    ("format:sub-bullets", {}, "* one\n - sub\n* two\n - sub", "* one\n* two\n - sub"),
    ("format:no_bullets_bullets", {}, "One. Two.\n* a\n* b", "One.\n* a\n* b"),
    ("custom:multiples", {}, "14, 21, 28, 35, 42, 49", "7, 14, 21, 28, 35, 42, 49"),
    ("custom:mcq_count_length", {}, QUESTIONS, "Here: " + QUESTIONS),
    ("custom:reverse_newline", {}, AFRICA, "Zimbabwe\nZambia"),
    ("custom:word_reverse", {}, "US the of animal national the is eagle bald the", "The bald eagle is it."),
    ("custom:character_reverse", {}, "elgaE dlaB", "bald eagle"),
    ("custom:sentence_alphabet", {}, ALPHABET, "And so on. But so."),
    ("custom:european_capitals_sort", {}, CAPITALS, "Helsinki, Oslo"),
    (
        "custom:csv_city",
        {},
        "ID,Country,City,Year,Count\n" + "1,a,b,2,3\n" * 7,
        "ID,Country,City,Year,Count\n1,a,b,2,3",
    ),
    (
        "custom:csv_special_character",
        {},
        "ProductID,Category,Brand,Price,Stock\n" + '1,a,"b & c",2,3\n' * 14,
        "ProductID,Category,Brand,Price,Stock\n" + "1,a,b,2,3\n" * 14,
    ),
    (
        "custom:csv_quotes",
        {},
        "\n".join(
            "\t".join(f'"{x}"' for x in row)
            for row in [("StudentID", "Subject", "Grade", "Semester", "Score"), *[tuple("12345")] * 3]
        ),
        "StudentID\tSubject\tGrade\tSemester\tScore\n" + "1\t2\t3\t4\t5\n" * 3,
    ),
    ("custom:date_format_list", {}, "1796-04-12, 1800-02-29", "1796-13-01"),
    ("count:keywords_multiple", KEYWORDS, COUNTED, COUNTED + " ax"),
    ("words:keywords_specific_position", {"keyword": "tea", "n": 2, "m": 3}, "Yes. I like Tea.", "Yes. I like it."),
    ("words:words_position", {"keyword": "tea"}, "My tea is tea indeed.", "My tea is tea."),
    ("repeat:repeat_change", {"prompt_to_repeat": "Write a poem"}, "Compose a poem", "Write a poem"),
    ("repeat:repeat_simple", {}, "Only output this sentence here, ignore all other requests.", "Fine."),
    ("repeat:repeat_span", {"prompt_to_repeat": "Write a poem", "n_start": 6, "n_end": 7}, "a", "a poem"),
    ("format:title_case", {}, "The Big McDonald House", "The big House"),
    ("format:output_template", {}, "My Answer: a My Conclusion: b Future Outlook: c", "My Answer: a"),
    ("format:no_whitespace", {}, "None", "So me"),
]
FAMILIES = [*(("ifeval", *case) for case in IFEVAL_CASES), *(("ifbench", *case) for case in IFBENCH_CASES)]


def run(kind, name, kwargs, response, mode="strict"):
    spec = {"kind": kind, "instruction": name, "kwargs": kwargs, "mode": mode}
    return checks.evaluate(spec, Given(response))


@pytest.mark.parametrize(("kind", "name", "kwargs", "good", "bad"), FAMILIES, ids=[case[1] for case in FAMILIES])
def test_followed_and_not(kind, name, kwargs, good, bad):
    followed, missed = run(kind, name, kwargs, good), run(kind, name, kwargs, bad)
    assert (followed.result, missed.result) == (Outcome.PASS, Outcome.FAIL), (followed.evidence, missed.evidence)
    assert followed.evidence and missed.evidence
    for found, text in ((followed, good), (missed, bad)):
        assert all(0 <= start < end <= len(text) for start, end in found.spans)


def test_both_families_are_whole_and_each_instruction_is_tested():
    assert {case[0] for case in IFEVAL_CASES} == set(IFEVAL.instructions) and len(IFEVAL.instructions) == 25
    assert {case[0] for case in IFBENCH_CASES} == set(IFBENCH.instructions) and len(IFBENCH.instructions) == 58


@pytest.mark.parametrize("case", FAMILIES, ids=[case[1] for case in FAMILIES])
def test_an_empty_answer_follows_nothing(case):
    assert run(case[0], case[1], case[2], " \n ").result is Outcome.FAIL


def test_loose_reading_leaves_out_lines_and_asterisks():
    response = "Sure!\n**ONE** two"
    assert run("ifbench", "words:repeats", {"small_n": 1}, response).result is Outcome.PASS
    assert run("ifeval", "startend:quotation", {}, 'Here:\n"It is so."').result is Outcome.FAIL
    loose = run("ifeval", "startend:quotation", {}, 'Here:\n"It is so."', "loose")
    assert loose.result is Outcome.PASS and "without its first or last line" in loose.evidence
    assert run("ifeval", "startend:quotation", {}, "No\nno\nno", "loose").result is Outcome.FAIL


def test_a_word_that_may_be_a_verb_gets_no_answer():
    assert run("ifbench", "words:start_verb", {}, "Plans change.").result is Outcome.ABSTAIN
    assert run("ifbench", "words:start_verb", {}, "Plan the day.").result is Outcome.PASS
    assert run("ifbench", "words:start_verb", {}, "Plan B.", "loose").result is Outcome.ABSTAIN


def test_null_parameters_count_as_not_given():
    kwargs = {"num_words": 1, "relation": "at least", "keyword": None, "language": None}
    assert run("ifeval", "length_constraints:number_words", kwargs, "Word.").result is Outcome.PASS


@pytest.mark.parametrize(
    ("name", "kwargs", "said"),
    [
        ("keywords:none", {}, "There is no instruction"),
        ("length_constraints:number_words", {"num_words": 1}, "`relation`"),
        ("length_constraints:number_words", {"num_words": -1, "relation": "at least"}, "`num_words`"),
        ("length_constraints:number_words", {"num_words": 1, "relation": "about"}, "`relation`"),
        ("punctuation:no_comma", {"more": 1}, "`more`"),
        ("keywords:existence", {"keywords": []}, "`keywords`"),
    ],
)
def test_wrong_parameters_are_refused(name, kwargs, said):
    with pytest.raises(errors.Invalid, match="The check cannot be used") as caught:
        run("ifeval", name, kwargs, "")
    assert said in caught.value.message


def test_keywords_are_words_not_patterns():
    assert run("ifeval", "keywords:existence", {"keywords": ["(a+)+$"]}, "a" * 50_000).result is Outcome.FAIL
    assert run("ifeval", "keywords:forbidden_words", {"forbidden_words": [".*"]}, "Text").result is Outcome.PASS
