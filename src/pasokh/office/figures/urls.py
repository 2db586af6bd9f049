"""Addresses of figures."""

from django.urls import path

from pasokh.office.figures import board_views, report_views, view_views, views

urlpatterns = [
    path("figures/", board_views.figures_page, name="figures"),
    path("figures/explore/", views.explore_page, name="figures_explore"),
    path("figures/explore/table.<str:form>", views.table_file, name="figures_table"),
    path("figures/views/", view_views.views_page, name="figures_views"),
    path("figures/views/<int:view>/change/", view_views.view_change, name="figures_view_change"),
    path("figures/views/<int:view>/remove/", view_views.view_remove, name="figures_view_remove"),
    path("figures/views/<int:view>/restore/", view_views.view_restore, name="figures_view_restore"),
    path("figures/views/<int:view>/choose/", view_views.view_choose, name="figures_view_choose"),
    path("figures/reports/", report_views.reports_page, name="figures_reports"),
    path("figures/reports/new/", report_views.report_new, name="figures_report_new"),
    path("figures/reports/<int:report>/", report_views.report_page, name="figures_report"),
    path("figures/reports/<int:report>/pause/", report_views.report_pause, name="figures_report_pause"),
    path("figures/reports/<int:report>/now/", report_views.report_now, name="figures_report_now"),
    path("figures/reports/<int:report>/remove/", report_views.report_remove, name="figures_report_remove"),
    path("figures/rows/", views.rows_page, name="figures_rows"),
    path("figures/rows/<str:source>/", views.matter_page, name="figures_matter"),
]
