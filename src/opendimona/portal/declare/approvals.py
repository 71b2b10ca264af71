"""Sensitive declarations wait for somebody who answers for the school: the cancelling of a period that has begun.

Once that day is over, to cancel says that somebody never worked who was declared to: whoever may let others in says so,
not one secretary alone. Nothing is sent before; the moment that is judged is that of the yes.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opendimona.portal.accounts.access import may_give_access
from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Act, Approval, Draft
from opendimona.portal.declare.send import file_draft
from opendimona.portal.declare.trial import Trial, try_draft
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page

log = structlog.get_logger()
WHY_MAX = 200


def needs_approval(request: Page, draft: Draft, trial: Trial) -> bool:
    """Whether somebody else has to say yes first."""
    period = draft.period
    if draft.act != Act.CANCEL or period is None:
        return False
    has_begun = trial.is_late or period.start < today(request)
    return has_begun and not may_give_access(request.account, draft.school, today(request))


def asked(draft: Draft) -> Approval | None:
    """The question about a draft that is not answered yet."""
    return Approval.objects.select_related("asked_by").filter(draft=draft.pk, decided_at=None).first()


def refused(draft: Draft) -> Approval | None:
    """The no to a draft that was said last."""
    answers = Approval.objects.select_related("decided_by").filter(draft=draft.pk, is_granted=False)
    return answers.order_by("-decided_at").first()


def ask(draft: Draft, account: Account, at: datetime) -> None:
    """Ask, once, however often the button is pressed."""
    Approval.objects.get_or_create(
        draft=draft.pk, decided_at=None,
        defaults={"school": draft.school, "person": draft.person, "act": draft.act, "asked_by": account,
                  "asked_at": at},
    )  # fmt: skip


def withdraw(draft: Draft, account: Account, at: datetime) -> None:
    """The question is no more: its draft is thrown away."""
    Approval.objects.filter(draft=draft.pk, decided_at=None).update(
        decided_by=account, decided_at=at, is_granted=False, why=_("retirée")
    )


@require_http_methods(["GET", "POST"])
def approve(request: Page, number: int) -> HttpResponse:
    """What is asked, with the dry run; posted, yes, which sends it, or no with a reason."""
    one = get_object_or_404(
        Approval.objects.select_related("asked_by", "school__power"), pk=number, school__in=request.schools
    )
    draft = Draft.objects.select_related("person", "period__employer", "school__power__employer").filter(
        pk=one.draft
    ).first()  # fmt: skip
    if not may_give_access(request.account, one.school, today(request)) or draft is None or one.decided_at is not None:
        return redirect("home")
    trial = try_draft(draft, now(request))
    page = {"approval": one, "draft": draft, "trial": trial, "errors": {}, "why": ""}
    if request.method == "GET":
        return render(request, "declare/approve.html", page)
    if request.POST.get("then") == "grant" and not trial.is_stopped:
        return _grant(request, one, draft, trial)
    why = request.POST.get("why", "").strip()[:WHY_MAX]
    if request.POST.get("then") == "refuse" and why:
        _decide(one, request.account, now(request), is_granted=False, why=why)
        return redirect("home")
    page |= {"errors": {"why": _("Dites pourquoi : le secrétariat le lira.")}, "has_errors": True}
    return render(request, "declare/approve.html", page, status=422)


def _grant(request: Page, one: Approval, draft: Draft, trial: Trial) -> HttpResponse:
    if not _decide(one, request.account, now(request), is_granted=True):
        return redirect("home")
    filing = file_draft(draft, trial.reading, one.asked_by, now(request), approved_by=request.account)
    return redirect("answer", filing.pk)


@transaction.atomic
def _decide(one: Approval, account: Account, at: datetime, *, is_granted: bool, why: str = "") -> bool:
    """Write a decision down; False when somebody else was faster."""
    count = Approval.objects.filter(pk=one.pk, decided_at=None).update(
        decided_by=account, decided_at=at, is_granted=is_granted, why=why
    )
    log.info("a sensitive declaration was decided", by=account.pk, approval=one.pk, granted=is_granted)
    return count == 1
