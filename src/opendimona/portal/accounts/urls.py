"""Addresses of accounts."""

from django.urls import path

from opendimona.portal.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demonstration/", views.sign_in_demo, name="sign_in_demo"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("school/", views.school, name="school"),
    path("language/", views.language, name="language"),
]
