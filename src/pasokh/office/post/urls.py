"""Addresses of outgoing mail."""

from django.urls import path

from pasokh.office.post import views

urlpatterns = [
    path("setup/mail/", views.mails_page, name="post"),
    path("setup/mail/sender/", views.sender_page, name="post_sender"),
    path("setup/mail/test/", views.test_page, name="post_test"),
    path("setup/mail/<int:number>/retry/", views.retry_page, name="post_retry"),
    path("setup/mail/<int:number>/discard/", views.discard_page, name="post_discard"),
]
