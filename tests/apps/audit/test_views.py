import pytest
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.audit import services
from apps.audit.models import Audit
from apps.history import services as history
from tests import factories
from tests.apps.audit.conftest import inputs_of, work


def at(name, *args):
    return reverse(f"audit:{name}", args=["clinic", *args])


@pytest.fixture
def browser(alice):
    return factories.signed_in(alice)


def test_from_the_question_to_the_answer_behind_the_figure(alice, browser, setting):
    assert b"Is an answer paid for being long?" in browser.get(at("choose")).content
    page = browser.get(at("new", "length_bias")).content.decode()
    refs = [part.split('"')[0] for part in page.split('value="run|')[1:]]
    first = "run|" + next(ref for ref in refs if str(setting.run.pk) in ref)
    typed = {"first": first, "dataset": "", "seed": 4, "p-good": 0.15, "p-poor": 0.4}
    shown = browser.post(at("preview", "length_bias"), typed).content.decode()
    assert "18 of 1 scorer" in shown and "have all that it needs" in shown
    sent = browser.post(at("new", "length_bias"), typed)
    audit = Audit.objects.get()
    assert sent.url == at("detail", audit.pk)
    page = browser.get(sent.url).content.decode()
    assert audit.result is not None and audit.result["reading"].split(":")[0] in page
    answer = f"/w/clinic/runs/{setting.run.pk}/"
    assert answer in page and "data-plot" in page and audit.digest in page
    again = browser.post(at("again", audit.pk))
    assert "It agrees with the run before" in browser.get(again.url).content.decode()
    assert "Length" in browser.get(at("list") + "?kind=length_bias").content.decode()
    like = browser.get(at("new", "length_bias") + f"?like={audit.pk}").content.decode()
    assert 'name="seed" value="4"' in like


def test_report_cards_say_what_is_poor_and_what_is_missing(alice, browser, setting):
    home = browser.get(at("home")).content.decode()
    assert "Audit it" in home and "none yet" in home
    card = at("version", setting.version.rubric.slug, setting.version.number)
    empty = browser.get(card).content.decode()
    assert "Run all audits that the newest run allows" in empty
    slug, number = setting.version.rubric.slug, setting.version.number
    posted = {"source": f"{setting.run.pk}|long@1|{setting.version}", "card": f"version:{slug}:{number}"}
    assert browser.post(at("all"), posted).url == card
    work()
    full = browser.get(card).content.decode()
    assert "Look at “" in full and "poor</span>" in full
    assert "paid" in browser.get(at("judge", "long", 1)).content.decode()
    assert "poor" in browser.get(at("home")).content.decode()


def test_cards_are_taken_away_and_say_that_the_judge_may_not_serve(alice, browser, setting):
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run), seed=9)
    history.seal_all()
    slug, number = setting.version.rubric.slug, setting.version.number
    page = browser.get(at("version-report", slug, number, "html"))
    assert page["Content-Disposition"] == f'attachment; filename="report-card-{slug}-{number}.html"'
    said, audit = page.content.decode(), Audit.objects.get()
    assert audit.digest in said and setting.version.digest in said and "seed 9" in said and "Seal " in said
    assert "It sat no exam" in said and "Position" in said and alice.user.name in said
    assert browser.get(at("judge-report", "long", 1, "pdf")).content.startswith(b"%PDF-")
    assert browser.get(at("version-report", slug, number, "docx")).status_code == 404
    assert "has no licence to serve" in browser.get(at("version", slug, number)).content.decode()
    few = factories.count_queries(browser, at("version-report", slug, number, "html"))
    services.run_audit(by=alice, kind="one_against_many", inputs=inputs_of(setting.run))
    assert factories.count_queries(browser, at("version-report", slug, number, "html")) == few


def test_pages_keep_the_number_of_queries(alice, browser, setting):
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run))
    browser.get(at("home"))
    before = factories.count_queries(browser, at("home"))
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.second))
    services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.second), seed=1)
    assert factories.count_queries(browser, at("home")) == before


def test_what_is_refused_stands_at_its_field(alice, browser, setting):
    sent = browser.post(at("new", "length_bias"), {"first": "run|x", "seed": "x", "p-good": 7})
    assert sent.status_code == 422
    assert browser.get(at("new", "nothing")).status_code == 404
    assert browser.post(at("all"), {"source": "x"}).status_code == 404
    assert not Audit.objects.exists()


def test_outside_scores_are_added_on_a_page(browser, setting):
    rows = [f"p{n},r{n}-{place},armo,{place}" for n in range(6) for place in range(3)]
    head = "prompt_id,response_id,scorer,score"
    bad = browser.post(at("scores"), {"text": "\n".join([head, rows[0], rows[0]])})
    assert bad.status_code == 422 and "Nothing was stored" in bad.content.decode()
    assert browser.post(at("scores"), {"text": "\n".join([head, *rows]), "name": "Armo"}).status_code == 302
    assert "18 rows" in browser.get(at("scores")).content.decode()
    assert "Armo · armo" in browser.get(at("new", "length_bias")).content.decode()


def test_strangers_and_annotators_see_no_audit(alice, setting, charlie):
    audit = services.run_audit(by=alice, kind="length_bias", inputs=inputs_of(setting.run))
    ann = factories.signed_in(factories.make_actor(Role.ANNOTATOR))
    assert ann.get(at("detail", audit.pk)).status_code == 403
    assert ann.get(at("home")).status_code == 403
    assert factories.signed_in(charlie).get(at("detail", audit.pk)).status_code == 404
