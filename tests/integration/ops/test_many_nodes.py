"""Several nodes on one PostgreSQL from outside: roles spread over them, and a node that dies takes nothing with it."""

import asyncio
import http.cookiejar
import json
import os
import re
import signal
import urllib.parse
import urllib.request
from contextlib import ExitStack
from types import SimpleNamespace

import psycopg
import pytest
from tests.integration.live.stage import Browser
from tests.integration.ops.centre import Centre, alive
from tests.integration.ops.outside import free_port, outside_postgres

from pasokh.store import schema

pytestmark = pytest.mark.timeout(300)
ORG = "demo"
AGENT, PASSWORD = "agent1", "pasokh-demo"


@pytest.fixture
def outside():
    with outside_postgres() as url:
        yield url


def signed_in(url):
    """Somebody of the staff who came in by the door: an opener with the session."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{url}/login/", timeout=20).read().decode()
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"username": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": secret}
    page = send(opener, url, "/login/", urllib.parse.urlencode(form).encode(), secret)
    return opener, re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def send(opener, url, path, data, secret):
    headers = {"Origin": url, "Referer": f"{url}/login/", "X-CSRFToken": secret}
    with opener.open(urllib.request.Request(url + path, data, headers), timeout=20) as response:
        return response.read().decode()


def chat(centre, call, origin, **body):
    status, text = centre.until(lambda: centre.ask(f"/chat/v1/{call}", body, origin=origin))
    assert status == 200, text
    return json.loads(text)


def leader(dsn):
    """Owner and epoch of the valid lease."""
    with psycopg.connect(schema.as_role(dsn, schema.ENGINE), autocommit=True) as connection:
        query = "SELECT owner, epoch FROM shard_head WHERE shard = %s AND until >= store_now()"
        return connection.execute(query, (ORG,)).fetchone()


def logged_messages(dsn):
    """Message ids in the log, in order."""
    with psycopg.connect(schema.as_role(dsn, schema.ENGINE), autocommit=True) as connection:
        query = "SELECT data FROM log WHERE shard = %s AND type = 'message.posted' ORDER BY seq"
        found = connection.execute(query, (ORG,)).fetchall()
    return [(json.loads(data) if isinstance(data, str | bytes) else data)["message"] for (data,) in found]


def behind(dsn):
    """Events the history does not show yet."""
    with psycopg.connect(schema.as_role(dsn, schema.ENGINE), autocommit=True) as connection:
        query = "SELECT h.seq - c.seq FROM shard_head h JOIN projection_cursor c USING (shard) WHERE shard = %s"
        return connection.execute(query, (ORG,)).fetchone()[0]


def kill_node(node):
    """The whole machine goes at once: nobody says goodbye."""
    pids = [*node.children().values(), node.process.pid]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    node.process.wait(10)
    node.until(lambda: not any(map(alive, pids)))


async def test_a_node_that_dies_takes_nothing_with_it(outside):
    port, second_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    shared = {"PASOKH_DATABASE_URL": outside, "PASOKH_SECRET_KEY": "of all nodes " * 4, "PASOKH_PUBLIC_URL": url}
    with ExitStack() as stack:
        first, standby, web, second_web = (stack.enter_context(Centre(**shared)) for _ in range(4))
        done = await asyncio.to_thread(first.run, "seed")
        assert done.returncode == 0, done.stderr
        await asyncio.to_thread(first.start, "--no-migrate", "--roles", "engine,worker")
        await asyncio.to_thread(first.until, lambda: leader(outside))
        await asyncio.gather(  # the last prepares again beside the others, which is harmless
            asyncio.to_thread(standby.start, "--no-migrate", "--roles", "engine"),
            asyncio.to_thread(web.start, "--no-migrate", "--roles", "web", "--port", str(port)),
            asyncio.to_thread(second_web.start, "--roles", "web", "--port", str(second_port)),
        )
        second_web.url = f"http://127.0.0.1:{second_port}"
        owner, epoch = leader(outside)

        # one web node starts the chat, the other knows the visitor and the agent: they share secret and database
        started = await asyncio.to_thread(
            chat, web, "start", url, key="demo-shop", start="a" * 24, language="fa", text="سلام", message="m0"
        )
        resumed = await asyncio.to_thread(chat, second_web, "resume", url, token=started["token"])
        assert (resumed["contact"], resumed["closed"]) == (started["contact"], False)
        opener, secret = await asyncio.to_thread(signed_in, url)
        token = json.loads(await asyncio.to_thread(send, opener, url, "/live/token", b"", secret))["token"]

        visitor = Browser(SimpleNamespace(port=port), started["token"], ("chat",), url)
        agent = Browser(SimpleNamespace(port=second_port), token, ("desk",), url)
        try:
            await visitor.connect()
            await agent.connect()
            assert (await agent.do("in", type="agent.sign_in"))["ok"]
            assert (await agent.do("ready", type="agent.set_presence", ready=True))["ok"]
            one = started["interaction"]
            await agent.until(lambda: agent.keys["desk"][f"i:{one}"]["phase"] == "offered")
            assert (await agent.do("take", type="offer.accept", interaction=one))["ok"]
            sent = ["m0"]

            async def say(n):
                who, author = (visitor, "v") if n % 2 else (agent, "a")
                sent.append(f"{author}{n}")
                answer = await who.do(f"c{n}", type="message.post", interaction=one, message=sent[-1], text=f"{n}")
                assert answer["ok"], answer

            for n in range(6):
                await say(n)

            await asyncio.to_thread(kill_node, first)
            for n in range(6, 12):  # the first of them waits for the standby
                await say(n)

            successor, later = leader(outside)
            assert successor != owner
            assert later > epoch
            assert logged_messages(outside) == sent
            await visitor.until(
                lambda: [k["message"] for _, k in sorted(visitor.keys["chat"].items()) if "message" in k] == sent
            )
            assert (await agent.do("end", type="interaction.end", interaction=one))["ok"]
            await visitor.until(lambda: visitor.keys["chat"]["contact"]["closed"])
        finally:
            await visitor.disconnect()
            await agent.disconnect()

        # a worker elsewhere goes on where the dead node's stood
        await asyncio.to_thread(standby.stop)
        await asyncio.to_thread(standby.start, "--no-migrate", "--roles", "engine,worker")
        await asyncio.to_thread(standby.until, lambda: behind(outside) == 0)
        told = await asyncio.to_thread(standby.run, "explain", started["contact"])
        assert told.returncode == 0, told.stderr
        verified = await asyncio.to_thread(standby.run, "log", "verify")
        assert verified.returncode == 0, verified.stderr


def test_two_engines_of_one_home_have_names_of_their_own(outside):
    """Each would take the other's lease for its own otherwise."""
    with Centre(PASOKH_DATABASE_URL=outside, PASOKH_SECRET_KEY="of all nodes " * 4) as node:
        assert node.run("migrate").returncode == 0
        names = []
        code = (
            "import sys; from pasokh.ops.role import engine_name; from pasokh.ops.settings import load\n"
            "with engine_name(load()) as name: print(name, flush=True); sys.stdin.read()"
        )
        with ExitStack() as stack:
            for _ in range(2):
                running = stack.enter_context(node.program("-c", code))
                names.append(running.stdout.readline())
            assert len(set(names)) == 2
        with node.program("-c", code) as again:
            assert again.stdout.readline() == names[0], "a restart keeps the name"
