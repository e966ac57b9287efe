"""What an export would lose, told once for all its places."""

from apps.rubrics import pages
from domain import formats


def test_the_same_loss_is_told_once() -> None:
    notes = [
        *(formats.Note("warning", f"/criteria/{n}/tier", "No place for `tier`.") for n in range(8)),
        formats.Note("error", "/criteria/1/kind", "An ordinal criterion is left out."),
    ]
    first, second = pages.losses(notes)
    assert (first.level, first.shown) == ("error", "/criteria/1/kind")
    assert second.pieces == (("No place for ", False), ("tier", True), (".", False))
    assert second.shown.endswith("/criteria/5/tier and 2 more")
