"""Addresses of accounts."""

from django.urls import path

from opendimona.portal.accounts import access, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demonstration/", views.sign_in_demo, name="sign_in_demo"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("school/", views.school, name="school"),
    path("access/", access.access, name="access"),
    path("access/withdraw/", access.withdraw, name="withdraw"),
    path("invitation/<int:number>/<str:token>/", access.invitation, name="invitation"),
    path("language/", views.language, name="language"),
]
