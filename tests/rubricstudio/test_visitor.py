"""The plain browser of the main job: which forms it sees and what it would send."""

from rubricstudio import visitor

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post" action="/versions/1/approve">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="checkbox" name="sure">
  <input type="radio" name="kind" value="a" checked><textarea name="note">x</textarea><button name="go">Go</button>
</form>
<form METHOD="POST"><input name="username"><input type="password" name="password"></form>
<input name="stray">
"""


def test_only_forms_that_are_posted_count_with_their_values():
    approve, login = visitor.forms(PAGE)
    assert approve == visitor.Form("/versions/1/approve", {"csrfmiddlewaretoken": "abc", "kind": "a", "note": ""})
    assert login == visitor.Form("", {"username": "", "password": ""})
