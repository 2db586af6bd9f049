"""Addresses of what figures mean."""

from django.urls import path

from pasokh.office.figures_analysis import views

urlpatterns = [
    path("figures/peaks/", views.peaks_page, name="figures_peaks"),
    path("figures/topics/", views.topics_page, name="figures_topics"),
    path("figures/handling/", views.handling_page, name="figures_handling"),
    path("figures/handling/<str:reason>/", views.reason_page, name="figures_reason"),
    path("figures/handling/<str:reason>/band/", views.band_taken, name="figures_band"),
    path("figures/patience/", views.patience_page, name="figures_patience"),
]
