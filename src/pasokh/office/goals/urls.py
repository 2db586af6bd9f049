"""Addresses of goals."""

from django.urls import path

from pasokh.office.goals import views

urlpatterns = [
    path("figures/goals/", views.goals_page, name="figures_goals"),
    path("figures/goals/new/", views.new_page, name="figures_goal_new"),
    path("figures/goals/<int:goal>/", views.goal_page, name="figures_goal"),
    path("figures/goals/<int:goal>/archive/", views.archive, name="figures_goal_archive"),
    path("figures/goals/<int:goal>/restore/", views.restore, name="figures_goal_restore"),
]
