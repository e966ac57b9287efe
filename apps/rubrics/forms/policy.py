"""What approval needs, as an admin types it."""

from django import forms

from apps.rubrics.forms.fields import add_problems
from apps.rubrics.queries import METRICS, MOST_APPROVERS
from domain import audits, errors


class PolicyForm(forms.Form):
    """The approval policy; an empty threshold switches its gate off."""

    approvers = forms.TypedChoiceField(
        coerce=int,
        label="People who have to approve",
        choices=[(n, str(n)) for n in range(1, MOST_APPROVERS + 1)],
        help_text="Nobody approves what they wrote, edited or submitted.",
    )
    second_when_far = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Two people from this changed share of weight on",
        help_text="Between 0 and 1, against the approved version. Empty: a large change needs no second person.",
    )
    second_when_tau_below = forms.FloatField(
        required=False,
        min_value=-1,
        max_value=1,
        label="Two people where the order of answers is kept less than",
        help_text="Kendall τ-b between -1 and 1, of scores under the approved version and this one. Empty: changed"
        " ranks need no second person.",
    )
    no_open_threads = forms.BooleanField(required=False, label="No open discussions")
    no_lint_errors = forms.BooleanField(
        required=False,
        label="No remark that is an error",
        help_text="Of the rules on the Quality page; a remark set aside with a reason does not count.",
    )
    no_opinions = forms.BooleanField(
        required=False,
        label="No open opinion of the judge",
        help_text="Of those asked for on the Quality page. A version that no judge was asked about meets this.",
    )
    adjudicated = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        label="Settled review decisions, at least",
        help_text="On the criteria as the version words them. Empty: not asked for.",
    )
    agreement = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Agreement of a judge with people, at least",
        help_text="Empty: not asked for.",
    )
    agreement_metric = forms.ChoiceField(label="Measured as", choices=list(METRICS.items()))
    agreement_items = forms.IntegerField(min_value=1, max_value=100_000, label="On at least this many decisions")
    label_consistency = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Agreement with labelled pairs, at least",
        help_text="Of the pairs that the rubric decides, measured on the quality gate's page; 0.8 is a fair bar."
        " Empty: not asked for.",
    )
    no_harmful = forms.BooleanField(
        required=False,
        label="No criterion that harms on labelled pairs",
        help_text="None that is turned round, met more by worse answers, follows length or says a thing twice.",
    )
    misleading_most = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Pairs on which it misleads the judge, at most this share",
        help_text="Asked with the rubric and without (C2), on the quality gate's page; 0.1 is a fair bar. Empty: not"
        " asked for.",
    )
    set_bad_share = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label="Bad rubrics in a set, at most this share",
        help_text="Shown with 95 % confidence by a read sample. Empty: the sample is read, whatever it finds.",
    )

    audits = forms.MultipleChoiceField(
        required=False,
        label="Audits that must not be poor",
        choices=[(kind, entry.title) for kind, entry in audits.AUDITS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="The newest finding of each with its usual parameters, of the version that is to be approved.",
    )

    def refuse(self, error: errors.Invalid) -> None:
        """Show each fault at its field."""
        add_problems(self, error, {name: name for name in self.fields})
