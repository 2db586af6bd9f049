"""The demonstration shop: a page of somebody else's with the chat widget on it, to try the centre as a customer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from pasokh.i18n.catalogue import message
from pasokh.office.errors import language
from pasokh.office.supervise.selectors import demo_widget_key

GOODS = ("mug", "bowl", "vase", "plate", "teapot", "tile")
POLICY: dict[str, Collection[str] | str] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "require-trusted-types-for": ["'script'"],
}
"""As strict as a shop can be: the widget needs `script-src` and `connect-src` of the centre, nothing else."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something for sale, in the visitor's language."""

    key: str
    name: str
    price: str
    about: str
    size: str


@csp_override(POLICY)
@require_safe
def shop_page(request: HttpRequest) -> HttpResponse:
    """The shop, or one piece of it (`?item=`); for everybody."""
    spoken, key = language(), demo_widget_key()
    goods = [_piece(each, spoken) for each in GOODS]
    chosen = next((piece for piece in goods if piece.key == request.GET.get("item")), None)
    address = request.build_absolute_uri(static("dist/widget.js"))
    context = {
        "widget_key": key,
        "chosen": chosen,
        "goods": [piece for piece in goods if piece is not chosen][: 4 if chosen else None],
        "snippet": f'<script src="{address}"\n        data-key="{key or "YOUR-KEY"}" async></script>',
    }
    return render(request, "supervise/shop_item.html" if chosen else "supervise/shop.html", context)


def _piece(key: str, spoken: str) -> Piece:
    def said(part: str) -> str:
        return message(f"shop.{key}{part}", spoken)

    return Piece(key, said(""), said(".price"), said(".about"), said(".size"))
