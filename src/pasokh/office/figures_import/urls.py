"""Addresses of imports."""

from django.urls import path

from pasokh.office.figures_import import views

urlpatterns = [
    path("figures/import/", views.imports_page, name="figures_import"),
    path("figures/import/undo/", views.undo_page, name="figures_import_undo"),
    path("figures/import/bad/<str:source>/<str:digest>.csv", views.bad_lines_file, name="figures_import_bad"),
    path("figures/import/<str:upload>/", views.look_page, name="figures_import_look"),
    path("figures/import/<str:upload>/drop/", views.drop_page, name="figures_import_drop"),
]
