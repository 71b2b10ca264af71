"""Nothing typed is lost: the fields are kept as they are left, in the order in which they were typed."""

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, expect

from tests.portal.conftest import NEXT, SOON, VILLAGE, SignIn

VERIFY = "Vérifier et continuer"
WRONG = "31/2"


def begin(page: Page) -> None:
    """An entry's draft, of somebody."""
    page.goto("/declare/")
    page.get_by_label("Nom ou NISS").last.fill("a")
    page.get_by_role("button", name="Nouvelle entrée").first.click()


def test_fields_are_checked_as_they_are_left_and_drafts_are_kept(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    begin(page)
    page.get_by_label("Engagé(e) comme").select_option("student")
    page.get_by_label("Premier jour de travail").fill(f"{SOON:%d/%m}")
    page.get_by_label("Dernier jour").fill(f"{NEXT:%d/%m}")
    with page.expect_response(lambda answer: f"end={NEXT:%d}%2F{NEXT:%m}" in (answer.request.post_data or "")):
        page.get_by_label("Heures").focus()
    expect(page.locator("#trial")).to_contain_text("nombre d'heures planifiées")
    address = page.url
    page.goto("/")
    page.locator("#drafts").get_by_role("link", name="Continuer").first.click()
    expect(page).to_have_url(address)
    expect(page.get_by_label("Dernier jour")).to_have_value(f"{NEXT:%d/%m}")
    page.get_by_label("Dernier jour").fill(WRONG)
    page.get_by_role("button", name=VERIFY).click()
    summary = page.locator(".summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_contain_text(WRONG)
    page.get_by_role("button", name="Jeter ce brouillon").click()


def test_what_was_typed_later_stays_whichever_request_ends_first(sign_in: SignIn) -> None:
    page = sign_in(VILLAGE)
    begin(page)
    address = urlsplit(page.url)
    token = page.locator("#fields input[name=csrfmiddlewaretoken]").input_value()
    headers = {
        "Cookie": "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    older, newer = (
        urlencode({"csrfmiddlewaretoken": token, "start": f"{SOON:%d/%m/%Y}", "end": end}).encode()
        for end in ("", f"{NEXT:%d/%m/%Y}")
    )
    where = (str(address.hostname), address.port)
    with closing(HTTPConnection(*where, timeout=20)) as slow, closing(HTTPConnection(*where, timeout=20)) as quick:
        slow.putrequest("POST", f"{address.path}check/")
        for name, value in (headers | {"Content-Length": str(len(older))}).items():
            slow.putheader(name, value)
        slow.endheaders(older[:-5])
        quick.request("POST", f"{address.path}check/", newer, headers)
        assert quick.getresponse().status == 200
        slow.send(older[-5:])
        assert slow.getresponse().status == 200
    page.reload()
    expect(page.get_by_label("Dernier jour")).to_have_value(f"{NEXT:%d/%m/%Y}")
    page.get_by_role("button", name="Jeter ce brouillon").click()
