"""All addresses; those of each subject stand with it."""

from django.urls import include, path

from opendimona.portal.site import views

urlpatterns = [
    path("", include("opendimona.portal.home.urls")),
    path("", include("opendimona.portal.accounts.urls")),
    path("staff/", include("opendimona.portal.staff.urls")),
    path("declare/", include("opendimona.portal.declare.urls")),
    path("inbox/", include("opendimona.portal.inbox.urls")),
    path("deadlines/", include("opendimona.portal.deadlines.urls")),
    path("audit/", include("opendimona.portal.audit.urls")),
    path("cell/texts/", include("opendimona.portal.texts.urls")),
    path("cell/", include("opendimona.portal.cell.urls")),
    path("mine/", include("opendimona.portal.mine.urls")),
    path("programs/", include("opendimona.portal.programs.urls")),
    path("schools/", include("opendimona.portal.schools.urls")),
    path("statistics/", include("opendimona.portal.statistics.urls")),
    path("announcements/", include("opendimona.portal.announcements.urls")),
    path("agents/", include("opendimona.portal.agents.urls")),
    path("insurability/", include("opendimona.portal.insurability.urls")),
    path("guide/", include("opendimona.portal.guide.urls")),
    path("quick/", include("opendimona.portal.quick.urls")),
    path("day/", views.day, name="day"),
]
handler400 = "opendimona.portal.site.failures.bad_request"
handler403 = "opendimona.portal.site.failures.forbidden"
handler404 = "opendimona.portal.site.failures.not_found"
handler500 = "opendimona.portal.site.failures.server_error"
