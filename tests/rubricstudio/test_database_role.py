"""The tests' own ground: the restricted role, in ordinary and transactional tests alike."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, connection, transaction

from tests.server import TestServer


@pytest.mark.django_db
def test_ordinary_tests_work_as_the_restricted_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.STUDIO_APP_ROLE,)


@pytest.mark.django_db(transaction=True)
def test_transactional_tests_work_as_the_restricted_role_and_commit(studio_server: TestServer):
    get_user_model().objects.create_user("alice", password="x")
    with psycopg.connect(studio_server.owner) as other:
        assert other.execute("SELECT username FROM accounts_user").fetchall() == [("alice",)]


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_nothing_behind():
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["TRUNCATE accounts_user CASCADE", "DROP TABLE accounts_user CASCADE", "CREATE TABLE x ()"]
)
def test_the_restricted_role_cannot_change_the_tables(statement: str):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
