"""Whether an English text begins with a verb, told by lists of words.

Ours: no kept tagger ships its model in its package.
"""

from __future__ import annotations

from domain.checks.instructions.listing import listed

_NO_VERBS = frozenset(
    listed("""
    a an the this that these those my your his her its our their some any no every each either neither both all
    half such what which whose who whom i me you he him she it we us they them one ones somebody someone something
    anybody anyone anything nobody nothing everybody everyone everything myself yourself himself herself itself
    ourselves yourselves themselves in on at by for from with without within into onto over under above below
    between among through during before after since until till about against across along around behind beside
    besides beyond despite except inside outside near of off per than toward towards up down upon via and but or
    nor so yet if because although though unless whereas while when whenever where wherever why how as not yes
    yeah hello hi hey oh ah okay ok please thanks dear here there now then today tomorrow yesterday always never
    often sometimes usually also too very quite just only even still again perhaps maybe however therefore thus
    hence moreover furthermore first second third finally once twice absolutely certainly sure sorry good great
    new old big small many much more most few several other another same different two three four five six seven
    eight nine ten
    """)
)
_VERBS = frozenset(
    listed("""
    accept achieve acknowledge act adapt add adjust adopt allow analyze apologize appear apply appreciate approach
    argue arrange ask assess assume assure attend avoid bake be become begin believe belong blend boil breathe
    bring build calculate carry celebrate choose clarify collaborate collect combine come communicate compare
    complain complete compose concentrate conclude confirm connect consider consist consult contain continue
    contribute convert cook create decide declare decrease define deliver demonstrate deny depend derive describe
    deserve determine develop differ disagree discover discuss distinguish divide do earn eat embrace emerge
    emphasize employ enable encourage enhance enjoy enrich ensure enter establish evaluate examine exist expand
    expect explain explore express extend fill find fix follow forget gather generate get give go grab grow happen
    have hear identify illustrate imagine implement improve include incorporate increase indicate inform initiate
    inspire install integrate introduce invest invite involve join keep know learn let listen locate lose maintain
    make manage mention minimize modify multiply navigate need obtain occur offer open optimize organize overcome
    participate pay perform prefer prepare prevent proceed produce promote propose protect prove provide pursue
    put raise reach read receive recognize recommend reduce refer reflect refuse remain remember remind remove
    replace represent require resolve respect retain reveal revise select send serve share simplify sit solve
    speak specify spend stay strengthen submit suggest summarize suppose survive take teach tell thank think
    transform translate understand unleash unlock unveil update use utilize validate verify visualize wait wander
    watch wear welcome win wonder write am is are was were been has had does did can could will would shall should
    may might must began brought built came chose found gave got grew kept knew made read said saw sent spoke
    spent stood taught thought told took went wrote
    """)
)
_BOTH = frozenset(
    listed("""
    address aim answer attempt balance base benefit break call cause challenge change chat check claim close
    comment concern control cost cover craft cut damage dance deal delay demand design detail display dream drink
    drive drop effect end estimate exercise experience face fall fear feature feel fight finish fly focus force
    form function guide hand harness head help highlight hold hope hurry impact interest issue judge jump jump-
    start land laugh lead leave level lift light like limit link list live look love map mark master matter
    measure meet mind mix move name note notice number order outline pack paint pass picture place plan plant play
    point post practice present press price process program promise purchase push question rate rest result return
    review ride ring rise risk roll run save search seek sell sense set shape ship shop show sign sleep sort sound
    stand start state step stop store stream study support surprise switch talk target taste test throw time touch
    track trade train travel treat trust try turn type value view visit voice vote walk wash watch water wish work
    worry
    """)
)
_NO_PARTICIPLES = frozenset(
    listed("""
    morning evening spring string king thing ceiling sibling pudding herring darling wedding clothing offspring
    lightning viking sterling shilling earring dumpling duckling sapling
    """)
)
PARTICIPLE = 5
_BEFORE_NOUNS = frozenset(listed("a an the this that these those my your his her its our their me us him them it"))
_NOUN_ENDINGS = ("tion", "sion", "ness", "ity", "ment", "ship", "hood", "ism", "ist", "ance", "ence", "ology", "ly",
                 "ful", "ous", "ible", "able", "ive", "ish", "ian")  # fmt: skip


def is_verb(first: str, second: str = "") -> bool | None:
    """Whether the first word of a text is a verb; none where the lists do not tell."""
    word = first.lower()
    if not any(map(str.isalpha, word)) or not word[0].isalpha():
        return False
    if word in _NO_VERBS:
        return False
    if word in _VERBS or _stem(word) & _VERBS:
        return True
    if word.endswith(("ing", "ed")) and _stem(word) & _BOTH:
        return True
    if word in _BOTH or _stem(word) & _BOTH:
        return True if second.lower() in _BEFORE_NOUNS else None
    if word.endswith("ing") and len(word) > PARTICIPLE and word not in _NO_PARTICIPLES:
        return True
    return False if word.endswith(_NOUN_ENDINGS) else None


def _stem(word: str) -> set[str]:
    """What the word could be a form of."""
    found: set[str] = set()
    for ending in ("s", "es", "d", "ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            bare = word[: -len(ending)]
            found |= {bare, bare + "e", bare[:-1] if bare[-1:] == bare[-2:-1] else bare}
            if bare.endswith("i"):
                found.add(bare[:-1] + "y")
    return found
