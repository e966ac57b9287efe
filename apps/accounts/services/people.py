"""A person's account: made, named, themed, given a password."""

from collections.abc import Mapping

from django.contrib.auth import password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import Membership, User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.core import shortcuts
from apps.history import services as history
from domain import errors


class UsernameTaken(errors.Conflict):
    """Somebody else has this name already."""

    default_code = "username_taken"


THEMES = ("auto", "light", "dark")


@transaction.atomic
def create_person(
    *, by: Actor | None, workspace: Workspace, username: str, password: str, role: Role, display_name: str = "",
    email: str = "", must_change_password: bool = False,
) -> User:  # fmt: skip
    """Make an account and its membership at once; `by` is None for the studio itself and for links."""
    if by is not None:
        by.require(Role.ADMIN, "add people")
    user = new_account(username=username, password=password, display_name=display_name, email=email)
    if must_change_password:
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    member = Membership.objects.create(workspace=workspace, user=user, role=role)
    history.record(by=by, workspace=workspace, action="member.added", target=member, detail={"role": str(role)})
    return user


def new_account(*, username: str, password: str, display_name: str = "", email: str = "") -> User:
    """An account without memberships; refuses names and passwords that will not do."""
    name = _checked_username(username)
    user = User(username=name, display_name=display_name.strip()[:120], email=email.strip())
    check_password(password=password, user=user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(name) from error
    return user


def _checked_username(username: str) -> str:
    name = User.normalize_username(username.strip())
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise _invalid("/username", error) from error
    if len(name) > 150:
        raise _invalid("/username", ValidationError("A username has at most 150 characters."))
    if User.objects.filter(username__iexact=name).exists():
        raise _taken(name)
    return name


def _taken(name: str) -> UsernameTaken:
    return UsernameTaken(f"The username {name} is taken. Choose another one.")


def check_password(*, password: str, user: User) -> None:
    """Refuse a password that is easy to guess, with the reasons."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise _invalid("/password", error) from error


def _invalid(pointer: str, error: ValidationError) -> errors.Invalid:
    problems = [errors.Problem(pointer, sentence) for sentence in error.messages]
    return errors.Invalid(" ".join(error.messages), code="account_invalid", problems=problems)


@transaction.atomic
def change_password(*, by: User, old: str, new: str) -> None:
    """Replace one's own password; every other place where the person is signed in is signed out."""
    if not by.check_password(old):
        problem = errors.Problem("/old", "This is not your present password.")
        raise errors.Invalid(problem.message, code="password_wrong", problems=[problem])
    if old == new:
        problem = errors.Problem("/password", "This is the password you have now. Choose another one.")
        raise errors.Invalid(problem.message, code="password_same", problems=[problem])
    check_password(password=new, user=by)
    put_password(by, new)
    history.record(by=None, workspace=None, action="person.password_changed", target=by, detail={"person": by.pk})


def put_password(user: User, password: str) -> None:
    """Store a password that was checked."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def edit_profile(*, by: User, display_name: str, email: str) -> None:
    """Say how one is called on screen."""
    by.display_name, by.email = display_name.strip()[:120], email.strip()
    by.save(update_fields=["display_name", "email"])


def set_theme(*, by: User, theme: str) -> None:
    """Light, dark or as the system has it."""
    if theme not in THEMES:
        raise errors.Invalid("There is no such theme.", code="theme_unknown")
    if by.theme != theme:
        by.theme = theme
        by.save(update_fields=["theme"])


def set_keys(*, by: User, keys: Mapping[str, str]) -> dict[str, str]:
    """Put a person's own keys in the place of the studio's; an empty mapping brings all of those back."""
    own = shortcuts.own_keys(keys)
    by.keys = own
    by.save(update_fields=["keys"])
    return own


def see_tour(*, by: User) -> None:
    """Remember that the tour began by itself; from now on it comes only when it is asked for."""
    if not by.tour_seen:
        by.tour_seen = True
        by.save(update_fields=["tour_seen"])
