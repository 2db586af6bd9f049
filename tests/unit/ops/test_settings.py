"""What the environment says is read once, whole, and refused with the variable's name when it is wrong."""

import stat

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.ops.settings import chosen_roles, load, with_listen

SECRET = "s" * 40


def env(tmp_path, **more):
    return {"PASOKH_HOME": str(tmp_path / "home"), **{f"PASOKH_{k}": v for k, v in more.items()}}


def test_an_empty_environment_is_a_centre_on_this_machine(tmp_path):
    settings = load(env(tmp_path))
    assert settings.embedded
    assert (settings.host, settings.port, settings.url(8000)) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert chosen_roles(None, settings, traffic=False) == ("db", "engine", "worker", "facts", "connect", "web")


def test_the_secret_is_made_once_and_is_the_owners_alone(tmp_path):
    first, second = load(env(tmp_path)), load(env(tmp_path))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert first.secret_is_own
    assert stat.S_IMODE((tmp_path / "home/secret_key").stat().st_mode) == 0o600


def test_a_given_secret_leaves_no_file(tmp_path):
    given = load(env(tmp_path, SECRET_KEY=SECRET))
    assert (given.secret_key, given.secret_is_own) == (SECRET, False)
    assert not (tmp_path / "home/secret_key").exists()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("PORT", "http", "settings.bad_number"),
        ("PORT", "70000", "settings.bad_number"),
        ("PUBLIC_URL", "ftp://x", "settings.bad_url"),
        ("PUBLIC_URL", "centre.example", "settings.bad_url"),
        ("DATABASE_URL", "mysql:x", "settings.bad_url"),
        ("LANGUAGE", "de", "settings.bad_choice"),
        ("LOG_FORMAT", "xml", "settings.bad_choice"),
        ("SECRET_KEY", "short", "settings.weak_secret"),
        ("STOP_SECONDS", "0", "settings.bad_number"),
    ],
)
def test_a_wrong_value_names_its_variable(tmp_path, name, value, code):
    with pytest.raises(PasokhError) as refused:
        load(env(tmp_path, **{name: value}))
    assert refused.value.code == code
    assert refused.value.params["name"] == f"PASOKH_{name}"


def test_a_database_url_never_appears_in_an_error(tmp_path):
    with pytest.raises(PasokhError) as refused:
        load(env(tmp_path, DATABASE_URL="mysql://me:secret@host/x"))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("roles", "url", "code"),
    [
        ("engine,wbe", "", "settings.unknown_role"),
        ("", "", "settings.unknown_role"),
        ("engine", "", "settings.no_database"),
        ("db,engine", "postgresql://db.example/pasokh", "settings.two_databases"),
    ],
)
def test_roles_that_cannot_work_are_refused(tmp_path, roles, url, code):
    settings = load(env(tmp_path, DATABASE_URL=url))
    with pytest.raises(PasokhError) as refused:
        chosen_roles(roles, settings, traffic=False)
    assert refused.value.code == code


def test_roles_start_in_their_own_order(tmp_path):
    settings = load(env(tmp_path, DATABASE_URL="postgresql://db.example/pasokh"))
    assert chosen_roles(" web,engine ", settings, traffic=True) == ("engine", "web", "traffic")
    assert chosen_roles(None, settings, traffic=False) == ("engine", "worker", "facts", "connect", "web")


def test_what_children_read_says_the_same(tmp_path):
    settings = load(env(tmp_path, ZONE="Asia/Tehran", PORT="8123", LOG_FORMAT="json"))
    child = load(settings.environment("postgresql://x/y", "http://127.0.0.1:8123"))
    assert (child.zone, child.port, child.log_format, child.secret_key, child.home) == (
        "Asia/Tehran", 8123, "json", settings.secret_key, settings.home,
    )  # fmt: skip
    assert child.database_url == "postgresql://x/y"


def test_the_address_for_people(tmp_path):
    settings = load(env(tmp_path))
    assert with_listen(settings, "0.0.0.0", 9).url(9) == "http://127.0.0.1:9"
    assert with_listen(settings, "::1", 9).url(9) == "http://[::1]:9"
    assert load(env(tmp_path, PUBLIC_URL="https://centre.example/")).url(9) == "https://centre.example"
