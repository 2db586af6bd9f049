"""Figures of several processes: bounded, without anybody's name, gathered at one address."""

import asyncio
import re
import socket
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from tests.polling import until
from tests.switch_stage import free_ports

from pasokh.acd.model import Channel, Phase, QueueConfig
from pasokh.acd.state import Interaction, Queue, State
from pasokh.engine.look import Led, look
from pasokh.engine.metrics import GAUGES, HELP, Metrics
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.figures import MOST_SERIES, Figures, label, merged
from pasokh.ops.counted import counted, kind_of
from pasokh.ops.figures import gathered, gathering, place, process_figures, told, told_by_thread, worker_figures
from pasokh.ops.settings import Settings, load

SERIES = re.compile(r'^[a-z_]+(\{([a-z_]+="[^"\n]*",?)*\})? [0-9.e+-]+$|^[a-z_]+\{.*le="\+Inf"\} \d+$')


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load({"PASOKH_HOME": str(tmp_path_factory.mktemp("f")), "PASOKH_SECRET_KEY": "x" * 40})


def test_a_figure_has_only_so_many_series() -> None:
    figures = Figures("pasokh_test_", {"seen": "Seen."})
    for number in range(MOST_SERIES + 100):
        figures.count("seen", label=label(queue=f"q{number}"))
    text = figures.prometheus()
    assert text.count("pasokh_test_seen_total{") == MOST_SERIES + 1
    assert 'pasokh_test_seen_total{other="1"} 100\n' in text


def test_whatever_stands_in_a_label_the_text_is_well_formed() -> None:
    figures = Figures("pasokh_test_", {"seen": "Seen.", "wait_ms": "Waited."})
    figures.count("seen", label=label(queue='a"b\\c\nd } e'))
    figures.observe("wait_ms", 3, label(queue="x y"))
    for line in merged({"engine": figures.prometheus(), "web": figures.prometheus()}).splitlines():
        assert line.startswith("# ") or 'role="' in line, line
        assert "\n" not in line


def test_processes_are_merged_with_their_role_and_every_family_stands_together() -> None:
    text = merged({"engine": process_figures().prometheus(), "web": process_figures().prometheus()})
    lines = text.splitlines()
    assert len([line for line in lines if line == "# TYPE pasokh_process_memory_bytes gauge"]) == 1
    families = [re.split("[{ ]", line)[0] for line in lines if not line.startswith("#")]
    assert families == sorted(families, key=families.index)
    for line in lines:
        assert line.startswith("# ") or SERIES.match(line), line


async def test_one_address_tells_all_roles(settings: Settings) -> None:
    metrics = Metrics()
    metrics.count("turns", 3)
    (port,) = free_ports(1)
    settings = replace(settings, metrics=f"127.0.0.1:{port}")
    said: list[str] = []

    def read(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    with told_by_thread(place(settings, "worker"), worker_figures()):
        async with told(place(settings, "engine"), metrics), gathering(settings, dict, said.append):
            status, text = await asyncio.to_thread(read, "/metrics")
            assert status == 200
            assert 'pasokh_engine_turns_total{role="engine"} 3\n' in text
            assert 'pasokh_process_threads{role="worker"}' in text
            assert (await asyncio.to_thread(read, "/etc/passwd"))[0] == 404
            async with gathering(settings, dict, said.append):
                assert said, "an address that is taken is said, and stops nothing"
    assert await gathered(settings) == ""


async def test_a_role_that_hangs_holds_up_nobody(settings: Settings) -> None:
    path = place(settings, "web")
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        async with told(place(settings, "engine"), Metrics()):
            assert 'role="engine"' in await gathered(settings)


def test_a_place_to_listen_is_checked() -> None:
    for bad in ("9464", "127.0.0.1:", "host:0", "host:99999", ":9464"):
        with pytest.raises(PasokhError, match="bad_listen"):
            load({"PASOKH_METRICS": bad, "PASOKH_SECRET_KEY": "x" * 40})


def test_what_waits_is_told_by_queue_and_what_is_over_no_longer() -> None:
    metrics, state = Metrics(), State()
    for queue in ("sales", "help"):
        state.queues[queue] = Queue(QueueConfig(queue), len(state.queues) + 1)
    state.interactions["i"] = Interaction("i", "c", Channel.VOICE, "sales", 1_000, phase=Phase.QUEUED, queued_at=1_000)
    metrics.before_reading.append(lambda: look(metrics, [Led("acme", state, 2.5, 4, 31_000)]))
    text = metrics.prometheus()
    for line in (
        'waiting{shard="acme",queue="sales"} 1',
        'waiting{shard="acme",queue="help"} 0',
        'longest_wait_seconds{shard="acme",queue="sales"} 30',
        'interactions{shard="acme",channel="voice",phase="queued"} 1',
        'inbox_depth{shard="acme"} 4',
        'lease_seconds{shard="acme"} 2.5',
    ):
        assert f"pasokh_engine_{line}" in text.splitlines()
    state.interactions.clear()
    assert 'phase="queued"' not in metrics.prometheus()


async def test_requests_and_sockets_of_the_web_are_counted_by_kind_alone() -> None:
    from pasokh.ops.figures import web_figures

    figures = web_figures()

    async def app(scope, receive, send):  # type: ignore[no-untyped-def]
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": []})
        else:
            await send({"type": "websocket.accept"})
            assert figures.value("sockets", 'kind="live"') == 1

    async def nothing(*_: object) -> None:
        """Nobody hears."""

    wrapped = counted(app, figures)
    await wrapped({"type": "http", "path": "/contacts/982155501/", "method": "GET"}, nothing, nothing)  # type: ignore[arg-type]
    await wrapped({"type": "http", "path": "/api/v1/x", "method": "BREW"}, nothing, nothing)  # type: ignore[arg-type]
    await wrapped({"type": "websocket", "path": "/live/socket"}, nothing, nothing)  # type: ignore[arg-type]
    text = figures.prometheus()
    assert 'pasokh_web_requests_total{kind="page",method="GET",status="4xx"} 1' in text
    assert 'kind="api",method="other"' in text
    assert 'pasokh_web_sockets{kind="live"} 0' in text
    assert "982155501" not in text
    assert kind_of("/live") == "live"
    assert kind_of("*") == "page"


def test_every_gauge_has_its_words() -> None:
    assert set(HELP) >= GAUGES


def test_a_socket_left_by_a_killed_process_is_no_hindrance(settings: Settings) -> None:
    path = place(settings, "worker")
    path.parent.mkdir(parents=True)
    path.touch()
    with told_by_thread(path, worker_figures()):
        until(lambda: 'role="worker"' in asyncio.run(gathered(settings)))
    assert not Path(path).exists()
