"""Addresses of policies."""

from django.urls import path

from pasokh.office.policy import preview_views, views

urlpatterns = [
    path("queues/new/", views.queue_page, name="queue_new"),
    path("queues/<str:key>/", views.queue_page, name="queue"),
    path("queues/<str:key>/draft/", views.draft_page, name="queue_draft"),
    path("queues/<str:key>/versions/", views.versions_page, name="queue_versions"),
    path("queues/<str:key>/versions/<str:number>/", views.version_page, name="queue_version"),
    path("queues/<str:key>/versions/<str:number>/return/", views.return_page, name="queue_return"),
    path("queues/<str:key>/previews/<str:number>/", preview_views.preview_page, name="queue_preview"),
    path("queues/<str:key>/previews/<str:number>/state/", preview_views.preview_state, name="queue_preview_state"),
    path("queues/<str:key>/previews/<str:number>/again/", preview_views.preview_again, name="queue_preview_again"),
    path("queues/<str:key>/previews/<str:number>/cancel/", preview_views.preview_cancel, name="queue_preview_cancel"),
]
