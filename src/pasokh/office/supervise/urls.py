"""Addresses of supervision."""

from django.urls import path

from pasokh.office.supervise import shop, views

urlpatterns = [
    path("queues/", views.queues_page, name="queues"),
    path("queues/<str:key>/open/", views.open_page, name="queue_open"),
    path("queues/<str:key>/close/", views.close_page, name="queue_close"),
    path("demo/shop/", shop.shop_page, name="shop"),
]
