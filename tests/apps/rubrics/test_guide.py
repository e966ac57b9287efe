"""The guide is a page for everybody inside, and stands beside the fields of a criterion."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics.forms.criterion import GUIDED
from apps.rubrics.models import RubricVersion
from domain import writing
from tests import factories

pytestmark = pytest.mark.django_db
URL = reverse("rubrics:guide", args=["clinic"])


def test_every_part_is_on_the_page(viewer: Actor, charlie: Actor) -> None:
    page = factories.signed_in(viewer).get(URL).content.decode()
    for part in writing.PARTS:
        assert f'id="{part.name}"' in page
    assert factories.signed_in(charlie).get(URL).status_code == 404


def test_fields_of_a_criterion_have_their_part(author: Actor, draft: RubricVersion) -> None:
    row = draft.criteria.order_by("position")[0]
    url = reverse("rubrics:criterion-edit", args=["clinic", draft.rubric.slug, draft.number, row.pk])
    page = factories.signed_in(author).get(url).content.decode()
    for part in GUIDED.values():
        assert f'aria-label="Help: {writing.BY_NAME[part].title}"' in page
    assert f"{URL}#levels" in page
