"""The plain browser of the main job: which forms it sees and what it would send."""

from rubricstudio import visitor

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post" action="/versions/1/approve">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="checkbox" name="sure">
  <input type="radio" name="kind" value="a" checked><textarea name="note">x</textarea><button name="go">Go</button>
  <button formaction="/versions/1/withdraw/">Withdraw</button>
</form>
<form METHOD="POST"><input name="username"><input type="password" name="password"></form>
<input name="stray">
"""


def test_only_forms_that_are_posted_count_with_their_values():
    approve, login = visitor.forms(PAGE)
    assert approve.fields == {"csrfmiddlewaretoken": "abc", "kind": "a", "note": ""}
    assert approve.way("approve") == "/versions/1/approve"
    assert approve.way("withdraw") == "/versions/1/withdraw/"
    assert approve.way("draw") is None
    assert login == visitor.Form("", {"username": "", "password": ""})
