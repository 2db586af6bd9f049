"""The API keeps its own description: schemathesis calls every operation with drawn values, good and bad."""

import json
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.office.api import api

EXAMPLES = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def schema() -> Any:
    description = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    description["servers"] = [{"url": "http://127.0.0.1"}]
    return schemathesis.openapi.from_dict(description)


def operations() -> list[Any]:
    return [found.ok() for found in schema().get_all_operations()]


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.label)
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda m: m.value)
def test_every_operation_answers_as_described(shared_office: Office, operation: Any, mode: Any) -> None:
    session, token = signed_in("alpha-administrator").cookies["pasokh_session"].value, "a" * 32
    cookies = f"pasokh_session={session}; pasokh_csrf={token}"
    django = WSGIHandler()

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        return django(environ | {"HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": token}, start_response)

    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Exception as error:
        pytest.skip(f"nothing of this kind can be drawn: {type(error).__name__}")

    statuses: list[int] = []

    @seed(7)
    @hypothesis_settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)
    def call(case: Any) -> None:
        response = case.call(
            base_url="http://127.0.0.1", app=app,
            headers={"Host": "127.0.0.1"},
        )  # fmt: skip
        statuses.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    call()
    assert statuses
    assert set(statuses) <= {200, 202, 204, 400, 403, 404, 405}


def test_the_description_is_public_and_needs_no_other_host() -> None:
    response = Browser().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert set(response.json()["components"]["schemas"]) >= {"Refusal", "ContactOut", "InteractionOut", "Figures"}
