"""How to write a rubric, part by part: what each part is for, one that works and one that does not. Our own words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of a criterion or rubric; `good` and `bad` are what one could type there."""

    name: str
    title: str
    what: str
    good: str
    bad: str
    why: str


PARTS = (
    Part(
        "text", "Text",
        "One thing that is true or false of an answer, in the words of the field. Begin with a verb: names, states, "
        "warns. Whoever reads it has the task, one answer and this sentence, nothing else.",
        "Names the dose of the new tablets in milligrams.",
        "The answer is accurate, complete and well structured.",
        "Three things in one, and each reader draws the line elsewhere.",
    ),
    Part(
        "kind", "Kind",
        "How much can be told. Binary where something is there or not; ordinal where experts see steps that can be "
        "described; numeric for a true quantity; nugget for a fact that may be supported in part; computed where a "
        "program decides better than a model.",
        "Binary: Gives the date of the next visit.",
        "Numeric, 0 to 100: Quality of the explanation.",
        "Nobody can tell 63 from 67. The more levels, the less two readers agree.",
    ),
    Part(
        "levels", "Levels and what they look like",
        "From worst to best. Each level says what such an answer has that the level below lacks. Two or "
        "three levels that "
        "everybody tells apart are worth more than seven.",
        "0: no cause named · 0.5: a cause, no link to the symptom · 1: the cause and how it leads to the symptom",
        "0: poor · 0.5: fair · 1: excellent",
        "Words of praise are no descriptions; every reader fills them in anew.",
    ),
    Part(
        "scale", "Scale",
        "For a number that stands in the answer or can be counted. Give the ends and a step that a reader can tell.",
        "From 0 to 3 in steps of 1: of the three warning signs, how many are named.",
        "From 0 to 10 in steps of 0.5: helpfulness.",
        "There is nothing to count, so the number is a mood.",
    ),
    Part(
        "weight", "Weight",
        "How much worse an answer is without it, beside the others. Only the ratio counts. Look at the share "
        "in the table: "
        "if one criterion outvotes all others, it may be a gate. A judge never sees a weight.",
        "The dose weighs 5, the friendly greeting 1.",
        "Everything weighs 1.",
        "An answer with a wrong dose and a friendly greeting then scores as well as the reverse.",
    ),
    Part(
        "polarity", "Counts for or against",
        "A pitfall is something that must not be there. Write it as if it were there, and let it subtract.",
        "Tells the patient to stop the tablets without asking a doctor. (pitfall)",
        "Does not tell the patient to stop the tablets.",
        "Judges err more often on a negation, and readers wonder which way it counts.",
    ),
    Part(
        "tier", "Tier",
        "Essential: without it the answer is of no use. Important: an expert would miss it. Optional: nice to have. An "
        "essential criterion without a verdict gives no reward at all.",
        "Essential: says when to call an ambulance.",
        "Essential: mentions the name of the ward.",
        "If most things are essential the word says nothing.",
    ),
    Part(
        "gate", "Gate",
        "A veto for what no other merit makes good: below or above a value the whole score is held down. Use "
        "one or two in "
        "a rubric, for harm and for the wrong task.",
        "When “Recommends a dose that is lethal” is above 0.5, the score is at most 0.",
        "When “Is friendly” is below 1, the score is at most 0.",
        "Under training a gate wipes out every difference among the answers that it meets.",
    ),
    Part(
        "applies_when", "Applies only when",
        "The condition under which the criterion makes sense. Where it does not hold, the criterion counts as absent: "
        "neither met nor missed.",
        "The patient takes blood thinners.",
        "If relevant.",
        "Whether it is relevant is what the condition has to say.",
    ),
    Part(
        "evidence", "Evidence",
        "Required: the judge has to quote where the answer says it, and a quote that is not there makes the verdict "
        "unscored. Good for facts; wrong for what is missing, since nothing can be quoted.",
        "Required for: States that the lungs are clear.",
        "Required for: Leaves out medical jargon.",
        "No passage shows that something is left out.",
    ),
    Part(
        "needs", "What it needs",
        "What must lie beside the answer to decide: a reference answer, the material the answer is made from, the tool "
        "calls. Where it lies not there, the criterion stays unscored instead of being guessed.",
        "Needs context: Gives every drug of the ward notes.",
        "Gives every drug of the ward notes. (needs nothing)",
        "A judge that does not see the notes invents what is in them.",
    ),
    Part(
        "check", "Computed check",
        "Decided by a program, at no cost and without fault: number of words, a text that is there, valid JSON.",
        '{"kind": "words", "max": 200}',
        "Has at most 200 words. (binary, asked of a judge)",
        "Language models count badly.",
    ),
    Part(
        "examples", "Examples",
        "Short pieces of answers with the value an expert gives: one that meets it, one that fails and, best "
        "of all, one "
        "at the border. Take real ones that people read differently.",
        "“Come back if you feel unwell.” 0: no sign is named.",
        "“A perfect letter.” 1",
        "It shows the judge no line.",
    ),
    Part(
        "tags", "Tags on three axes",
        "Dimension: what is looked at. Scenario: what the person wants. Discipline: whose field it is. They fill the "
        "standards matrix, where gaps show.",
        "safety · discharge · pharmacy",
        "good · general · various",
        "A cell that holds everything shows no gap.",
    ),
    Part(
        "role", "Hard rule or principle",
        "A hard rule follows from the task and can be checked (format, length, a fact). A principle is what "
        "an expert calls "
        "good. Rubrics need some of both.",
        "Hard rule: Is written in German. Principle: Explains why before it asks for something.",
        "Hard rule: Is written with empathy.",
        "Nobody can check it as a rule.",
    ),
    Part(
        "notes", "Notes for people",
        "Why the criterion is here, its source, what was decided in a discussion. No judge reads them.",
        "Ward meeting of May: patients confused the two tablets.",
        "Only count this if the dose is above 5 mg.",
        "What decides has to stand in the text: the judge does not see notes.",
    ),
    Part(
        "guidelines", "Guidelines for every criterion",
        "What holds for all criteria: who the reader is, what counts as said, how strict to be. Said once, "
        "and read by the "
        "judge with each criterion.",
        "The reader is the patient. What is only implied is not said.",
        "Be fair and careful.",
        "It changes no verdict and costs words every time.",
    ),
)  # fmt: skip
BY_NAME = {part.name: part for part in PARTS}
