"""What a server that shows no tokens can tell apart."""

from typing import Any

import pytest

from engines.protocol import FailureKind, LabelRequest, Part
from engines.servers.plain import PlainDialect
from engines.servers.wire import Wire


class Silent(Wire):
    """A wire on which nothing may be sent."""

    def post(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("Nothing should be asked.")


@pytest.mark.parametrize("labels", [(" Yes", "Yes"), ("1", "2", "10"), (" ", "A")])
def test_labels_that_begin_alike_are_refused_and_not_asked(labels):
    dialect = PlainDialect(Silent("http://silent"), model="m")
    batch = dialect.label_distributions(LabelRequest((Part("s"),), ((Part("c"),),), (labels,)), deadline=None)
    failure = batch.replies[0].failure
    assert failure is not None and failure.kind is FailureKind.REFUSED
    assert "cannot be told apart" in failure.detail
    assert batch.usage.calls == 0


def test_labels_that_differ_in_their_first_sign_or_case_are_taken():
    dialect = PlainDialect(Silent("http://silent"), model="m")
    assert dialect.check_labels((" Yes", " yes", " No", " no", " X"), deadline=None) is None
    assert dialect.check_labels(tuple("0123456789"), deadline=None) is None
