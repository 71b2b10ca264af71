"""The pages of what is done in number: prepare and try, look at every row, have it done, take it up again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opendimona.portal.cell.bulk import ALIVE, ROWS_MAX, WHY, attempt, closed_by, execute, rows_of, split
from opendimona.portal.cell.models import Bulk, Job, JobRow
from opendimona.portal.insurability.runs import start
from opendimona.portal.schools.models import Employer
from opendimona.portal.site.day import now, today
from opendimona.portal.site.request import Page
from opendimona.portal.site.sheets import csv_download
from opendimona.portal.site.typed import number_in, parse_day

ONE_LINE = ("action", "on", "employer", "reason")
CHOSEN = (Bulk.CLOSE, Bulk.TRANSFER, Bulk.RESEND)
"""What may be asked for; what was closed is opened again from the page of its job."""
JOBS_SHOWN, ROWS_SHOWN, AHEAD = 20, 300, timedelta(400)


@require_http_methods(["GET", "POST"])
def bulk(request: Page) -> HttpResponse:
    """The jobs, and a new one; posted, it is tried before anything is done."""
    values = {name: " ".join(request.POST.get(name, "").split())[:200] for name in ONE_LINE}
    values["numbers"] = request.POST.get("numbers", "")[: ROWS_MAX * 42]
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors, job = _read(request, values)
        if not errors and job is not None:
            return redirect("bulk_job", job.pk)
    jobs = Job.objects.select_related("account", "done_by").annotate(size=Count("rows")).order_by("-pk")[:JOBS_SHOWN]
    page = {"values": values, "errors": errors, "has_errors": bool(errors), "actions": CHOSEN, "jobs": jobs,
            "employers": Employer.objects.order_by("name"), "rows_max": ROWS_MAX}  # fmt: skip
    return render(request, "cell/bulk.html", page, status=422 if errors else 200)


def _read(request: Page, values: dict[str, str]) -> tuple[dict[str, str], Job | None]:
    """A job as typed, tried in a thread of its own; or what is wrong with it."""
    errors: dict[str, str] = {}
    day = parse_day(values["on"], today(request)) if values["on"] else None
    number = values["employer"]
    employer = Employer.objects.filter(pk=number_in(number)).first()
    words = split(values["numbers"])
    is_about_periods = values["action"] in (Bulk.CLOSE, Bulk.TRANSFER)
    if values["action"] not in CHOSEN:
        errors["action"] = _("Choisissez ce qui est à faire.")
    if is_about_periods and not 0 < len(words) <= ROWS_MAX:
        errors["numbers"] = _("Collez de un à deux mille numéros, un par ligne.")
    if is_about_periods and (day is None or day > today(request) + AHEAD):
        errors["on"] = _("Indiquez un jour, par exemple 31/8/2026.")
    if values["action"] == Bulk.TRANSFER and employer is None:
        errors["employer"] = _("Choisissez l'employeur qui reprend.")
    if not values["reason"]:
        errors["reason"] = _("Dites pourquoi : la raison reste dans le dossier.")
    if errors:
        return errors, None
    with transaction.atomic():
        job = Job.objects.create(
            action=values["action"], account=request.account, made_at=now(request), touched_at=now(request), day=day,
            employer=employer if values["action"] == Bulk.TRANSFER else None, reason=values["reason"],
        )  # fmt: skip
        JobRow.objects.bulk_create(rows_of(job, words))
    start(lambda: attempt(job))
    return {}, job


def _found(number: int) -> Job:
    job = Job.objects.filter(pk=number).select_related("account", "done_by", "employer").first()
    if job is None:
        raise Http404
    return job


@require_GET
def bulk_job(request: Page, number: int) -> HttpResponse:
    """A job with every row: what would become of it, what did."""
    job = _found(number)
    counts = {row["state"]: row["n"] for row in job.rows.values("state").annotate(n=Count("pk")).order_by("state")}
    is_moving = job.state in (Job.State.TRYING, Job.State.DOING)
    is_stuck = is_moving and job.touched_at < now(request) - ALIVE
    rows = job.rows.select_related("person", "school", "filing", "second").order_by("place")[:ROWS_SHOWN]
    return render(request, "cell/bulk_job.html", {
        "job": job, "rows": [(row, WHY.get(row.why, "")) for row in rows], "is_moving": is_moving and not is_stuck,
        "counts": [(JobRow.State(state).label, n, state) for state, n in sorted(counts.items())],
        "size": sum(counts.values()), "ready": counts.get(JobRow.State.READY, 0), "is_stuck": is_stuck,
        "may_undo": job.action == Bulk.CLOSE and not is_moving and not job.undone_by.exists()
        and counts.get(JobRow.State.DONE, 0) > 0, "untried": 0 if is_moving else _untried(job).count(),
        "needs_other": job.action == Bulk.TRANSFER and job.account_id == request.account.pk,
    })  # fmt: skip


@require_POST
def bulk_run(request: Page, number: int) -> HttpResponse:
    """Have the possible rows done, or take up a job that stopped; a transfer by somebody other than who prepared it."""
    job = _found(number)
    if job.action == Bulk.TRANSFER and job.account_id == request.account.pk:
        return redirect("bulk_job", number)
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        is_stuck = held.touched_at < now(request) - ALIVE
        if held.state == Job.State.TRYING and is_stuck:
            held.touched_at = now(request)
            held.save(update_fields=["touched_at"])
            transaction.on_commit(lambda: start(lambda: attempt(held)))
        elif held.state in (Job.State.TRIED, Job.State.DONE) or (held.state == Job.State.DOING and is_stuck):
            held.state, held.done_by, held.touched_at = Job.State.DOING, request.account, now(request)
            held.save(update_fields=["state", "done_by", "touched_at"])
            transaction.on_commit(lambda: start(lambda: execute(held, request.account)))
    return redirect("bulk_job", number)


def _untried(job: Job) -> QuerySet[JobRow]:
    """The rows that could not be tried, since the register did not answer."""
    return job.rows.filter(state=JobRow.State.STOPPED, why="away")


@require_POST
def bulk_retry(request: Page, number: int) -> HttpResponse:
    """Try again the rows for which the register did not answer; the others stay as they are."""
    job = _found(number)
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        is_still = held.state in (Job.State.TRIED, Job.State.DONE)
        if is_still and _untried(held).update(state=JobRow.State.NEW, why=""):
            held.state, held.touched_at = Job.State.TRYING, now(request)
            held.save(update_fields=["state", "touched_at"])
            transaction.on_commit(lambda: start(lambda: attempt(held)))
    return redirect("bulk_job", number)


@require_POST
def bulk_undo(request: Page, number: int) -> HttpResponse:
    """Prepare to open again what a job closed; tried like any other job, and each row only if nothing changed since."""
    job = _found(number)
    is_still = job.state in (Job.State.TRIED, Job.State.DONE)
    closed = closed_by(job) if job.action == Bulk.CLOSE and is_still and not job.undone_by.exists() else []
    if not closed:
        return redirect("bulk_job", number)
    with transaction.atomic():
        other = Job.objects.create(
            action=Bulk.REOPEN, account=request.account, made_at=now(request), touched_at=now(request), undoes=job,
            reason=_("défait l'action %(number)s") % {"number": job.pk},
        )  # fmt: skip
        JobRow.objects.bulk_create(rows_of(other, closed))
    start(lambda: attempt(other))
    return redirect("bulk_job", other.pk)


@require_GET
def bulk_export(request: Page, number: int) -> HttpResponse:
    """Every row with what became of it, for a spreadsheet."""
    job = _found(number)
    rows: list[list[object]] = [[_("Ligne"), _("Donné"), _("Nom"), _("Établissement"), _("Période"), _("État"),
                                 _("Pourquoi"), _("Déclarations")]]  # fmt: skip
    for row in job.rows.select_related("person", "school", "filing", "second").order_by("place"):
        done: list[Any] = [one.number for one in (row.filing, row.second) if one is not None and one.number]
        rows.append([
            row.place, row.typed, row.person, row.school, row.number, row.get_state_display(),
            row.code or WHY.get(row.why, ""), " ".join(map(str, done)),
        ])  # fmt: skip
    return csv_download(rows, f"actions-{job.pk}")
