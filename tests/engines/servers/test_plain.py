"""What a server that shows no tokens can tell apart."""

import pytest

from engines.protocol import FailureKind, LabelRequest, Part
from engines.servers.plain import PlainDialect


class Silent:
    """A wire on which nothing may be sent."""

    base_url = "http://silent"

    def post(self, *args, **kwargs):
        raise AssertionError("Nothing should be asked.")


@pytest.mark.parametrize("labels", [(" Yes", "Yes"), ("1", "2", "10"), (" ", "A")])
def test_labels_that_begin_alike_are_refused_and_not_asked(labels):
    dialect = PlainDialect(Silent(), model="m")
    batch = dialect.label_distributions(LabelRequest((Part("s"),), ((Part("c"),),), (labels,)), deadline=None)
    assert batch.replies[0].failure.kind is FailureKind.REFUSED
    assert "cannot be told apart" in batch.replies[0].failure.detail
    assert batch.usage.calls == 0


def test_labels_that_differ_in_their_first_sign_or_case_are_taken():
    dialect = PlainDialect(Silent(), model="m")
    assert dialect.check_labels((" Yes", " yes", " No", " no", " X"), deadline=None) is None
    assert dialect.check_labels(tuple("0123456789"), deadline=None) is None
