"""Addresses of figures."""

from django.urls import path

from pasokh.office.figures import board_views, views

urlpatterns = [
    path("figures/", board_views.figures_page, name="figures"),
    path("figures/explore/", views.explore_page, name="figures_explore"),
    path("figures/explore/table.<str:form>", views.table_file, name="figures_table"),
    path("figures/rows/", views.rows_page, name="figures_rows"),
    path("figures/rows/<str:source>/", views.matter_page, name="figures_matter"),
]
