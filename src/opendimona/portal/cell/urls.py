"""Addresses of the cell."""

from django.urls import path

from opendimona.portal.cell import conflicts, jobs, looking, notes, orphans, views

urlpatterns = [
    path("", views.cell, name="cell"),
    path("claim/", views.claim, name="claim"),
    path("release/", views.release, name="release"),
    path("snooze/", views.snooze, name="snooze"),
    path("write/", views.note_write, name="note_write"),
    path("replies/", views.replies, name="replies"),
    path("read/", notes.note_read, name="note_read"),
    path("search/", looking.cell_search, name="cell_search"),
    path("conflict/<uuid:key>/", conflicts.conflict, name="conflict"),
    path("bulk/", jobs.bulk, name="bulk"),
    path("bulk/<int:number>/", jobs.bulk_job, name="bulk_job"),
    path("bulk/<int:number>/run/", jobs.bulk_run, name="bulk_run"),
    path("bulk/<int:number>/retry/", jobs.bulk_retry, name="bulk_retry"),
    path("bulk/<int:number>/undo/", jobs.bulk_undo, name="bulk_undo"),
    path("bulk/<int:number>/rows.csv", jobs.bulk_export, name="bulk_export"),
    path("orphan/", orphans.orphan_settle, name="orphan_settle"),
]
