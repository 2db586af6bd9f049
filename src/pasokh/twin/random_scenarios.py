"""Random small scenarios with every feature of policy, from a seed: what both engines of the twin are tried on."""

import datetime as dt
import random

from pasokh.acd.model import (
    AgentConfig,
    Alternative,
    Capacity,
    Channel,
    Criterion,
    Ladder,
    Policy,
    PriorityClass,
    QueueConfig,
    Relaxation,
    Requirement,
)
from pasokh.twin.scenario import (
    Alternatives,
    Arrivals,
    Break,
    Constant,
    Exponential,
    Group,
    Hours,
    Infinite,
    LogLogistic,
    Lognormal,
    Patience,
    Scenario,
    Shift,
    Spans,
    Surge,
    Times,
    Transfers,
    Weibull,
)
from pasokh.twin.scenario_file import Loaded, load

SKILLS = ("fa", "uk", "billing", "tech")
ALL_CHANNELS = (Channel.VOICE, Channel.CHAT, Channel.MESSENGER, Channel.EMAIL)


def random_policy(rng: random.Random, queues: list[str]) -> Policy:
    """A policy with any mix of criteria, classes, boosts and relaxations."""
    order = rng.sample(list(Criterion), rng.randint(1, 4))
    classes = Policy().classes
    if rng.random() < 0.4:
        classes = tuple(
            PriorityClass(f"c{k}", rng.choice((0, 5_000, 30_000)), rng.choice((500, 1_000, 1_700, 3_000)))
            for k in range(rng.randint(1, 4))
        )
    relaxations = []
    after = 0
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        after += rng.choice((4_000, 10_000, 25_000))
        relaxations.append(
            Relaxation(
                after,
                rng.choice((0, 0, 1, 3)),
                tuple(rng.sample(SKILLS, rng.choice((0, 0, 1)))),
                tuple(rng.sample(queues, rng.choice((0, 1)))),
            )
        )
    return Policy(
        agent_order=tuple(order),
        classes=classes,
        weight_ms=rng.choice((0, 0, 20_000)),
        target_boost_ms=rng.choice((0, 0, 45_000)),
        last_agent_hold_ms=rng.choice((0, 0, 8_000, 30_000)),
        last_agent_boost_ms=rng.choice((0, 0, 60_000)),
        transfer_boost_ms=rng.choice((0, 15_000, 120_000)),
        relaxations=tuple(relaxations),
        reject_pause_ms=rng.choice((0, 5_000, 30_000)),
        seed=rng.randrange(1_000_000),
    )


def random_queue(rng: random.Random, name: str, queues: list[str], version: int = 1) -> QueueConfig:
    """A queue with any mix of limits; always one the core accepts."""
    policy = random_policy(rng, queues)
    scale = rng.choice((1, 1, 2))
    options = [a for a in (Alternative.CALLBACK, Alternative.MESSAGE) if rng.random() < 0.7]
    if any(r.overflow_to for r in policy.relaxations) and rng.random() < 0.5:
        options.append(Alternative.OVERFLOW)
    return QueueConfig(
        id=name,
        version=version,
        requires=tuple(Requirement(s, rng.choice((1, 2, 3))) for s in rng.sample(SKILLS, rng.choice((0, 0, 1, 1, 2)))),
        target_ms=rng.choice((5_000, 20_000, 30_000)),
        ladder=Ladder(20_000 // scale, 30_000 // scale, 40_000 // scale, 45_000 // scale, 60_000 // scale),
        ring_ms=rng.choice((3_000, 10_000, 20_000)),
        ring_out_not_ready=rng.random() < 0.6 or policy.reject_pause_ms == 0,  # else it would ring for ever
        wrap_up_ms=rng.choice((0, 5_000, 30_000, 60_000)),
        max_wait_ms=rng.choice((None, None, 50_000, 180_000)),
        max_waiting=rng.choice((None, None, 0, 2, 6)) if rng.random() < 0.5 else None,
        when_no_agents=rng.choice(("wait", "wait", "close")),
        alternatives=tuple(options),
        languages={"fa": "fa", "uk": "uk"} if rng.random() < 0.3 else {},
        overflow_now=tuple(rng.sample(queues, 1)) if rng.random() < 0.1 else (),
        callback_attempts=rng.randint(1, 3),
        callback_retry_ms=rng.choice((20_000, 60_000, 300_000)),
        policy=policy,
    )


def random_agent(rng: random.Random, name: str, queues: list[str]) -> AgentConfig:
    """An agent with any mix of skills, queues and room."""
    return AgentConfig(
        name,
        name,
        {s: rng.randint(1, 5) for s in rng.sample(SKILLS, rng.randint(0, len(SKILLS)))},
        tuple(rng.sample(queues, rng.randint(1, len(queues)))),
        Capacity(rng.choice((0, 1, 1, 1)), rng.choice((0, 1, 2, 3)), rng.choice((0, 1, 3))),
    )


def random_scenario(seed: int, *, hours: float = 0.35, most_agents: int = 8) -> Loaded:
    """A small scenario from a seed: 1–4 queues, 1–4 groups, some hundred contacts at most, everything possible on."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    queues = [f"q{k}" for k in range(rng.randint(1, 4))]
    configs = tuple(random_queue(rng, q, queues) for q in queues)
    groups: list[Group] = []
    left = rng.randint(1, most_agents)
    while left > 0:
        count = rng.randint(1, left)
        groups.append(_group(rng, f"g{len(groups)}", count, queues))
        left -= count
    load_per_hour = 3600 / 60 * sum(g.count for g in groups) * rng.choice((0.6, 1.0, 1.5, 2.5))
    arrivals: list[Arrivals] = []
    share = load_per_hour / len(queues)
    for k, config in enumerate(configs):
        channels = rng.sample(ALL_CHANNELS, rng.choice((1, 1, 2)))
        arrivals += [_arrivals(rng, f"s{k}/{channel}", config, channel, share) for channel in channels]
    scenario = Scenario(
        queues=configs,
        groups=tuple(groups),
        arrivals=tuple(arrivals),
        name=f"random {seed}",
        horizon_h=hours,
        seed=seed,
        report_minutes=5,
        service=(
            Times(_times(rng, 45), queue=rng.choice(queues)),
            Times(Lognormal(rng.choice((20.0, 60.0)), 1.2)),
        ),
        wrap_up=(Times(_times(rng, 12)),),
        patience=(
            Patience(Infinite(), channel=Channel.EMAIL),
            Patience(_patience(rng), balk=rng.choice((0.0, 0.0, 0.2))),
        ),
        alternatives=(Alternatives(None, 0.4, 0.2, rng.choice((1.0, 5.0)), rng.choice((0.3, 0.9))),),
        transfers=tuple(Transfers(q, rng.choice(queues), rng.choice((0.1, 0.4))) for q in queues if rng.random() < 0.4),
        hours=tuple(Hours(q, "00:02", "00:17") for q in queues if rng.random() < 0.1),
    )
    return load(scenario)


def _group(rng: random.Random, name: str, count: int, queues: list[str]) -> Group:
    agent = random_agent(rng, name, queues)
    shifts: tuple[Shift, ...] = ()
    if rng.random() < 0.6:
        breaks = (Break(rng.choice(("00:05", "00:11")), rng.randint(1, 4), rng.choice((0, 60))),)
        shifts = (
            Shift(rng.choice(("00:00", "00:01", "23:50")), rng.choice(("00:12", "00:19", "06:00")), breaks=breaks),
        )
    return Group(
        id=name,
        count=count,
        queues=agent.queues,
        skills=agent.skills,
        capacity=agent.capacity,
        shifts=shifts,
        factor=rng.choice((1.0, 0.8, 1.3)),
        factors={q: 1.1 for q in queues if rng.random() < 0.2},
        spread_cv=rng.choice((0.0, 0.3)),
        answer=rng.choice((Constant(1.0), Exponential(3.0), Lognormal(4.0, 1.0))),
        reject=rng.choice((0.0, 0.05, 0.2)),
        ring_out=rng.choice((0.0, 0.05, 0.2)),
        recover_s=rng.choice((5.0, 45.0)),
    )


def _arrivals(rng: random.Random, name: str, config: QueueConfig, channel: Channel, per_hour: float) -> Arrivals:
    surges: tuple[Surge, ...] = ()
    if rng.random() < 0.3:
        surges = (Surge(dt.datetime.fromisoformat("2026-03-21T00:06:00"), 4, 3.0),)
    return Arrivals(
        queue=config.id,
        channel=channel,
        name=name,
        interval_minutes=5,
        per_interval=tuple(per_hour / 12 * rng.uniform(0.3, 1.7) for _ in range(3)),
        day_cv=rng.choice((0.0, 0.3)),
        surges=surges,
        priorities={c.name: rng.random() + 0.01 for c in config.policy.classes} if rng.random() < 0.6 else {},
        requires=(Requirement(rng.choice(SKILLS), rng.choice((1, 2))),) if rng.random() < 0.2 else (),
        language=rng.choice(("", "fa-IR", "uk", "en")),
        returning=rng.choice((0.0, 0.3)),
    )


def _times(rng: random.Random, mean_s: float) -> Spans:
    return rng.choice((Lognormal(mean_s, 1.0), Exponential(mean_s), Constant(mean_s)))


def _patience(rng: random.Random) -> Spans:
    return rng.choice((Weibull(), Weibull(0.852, 40.0), Exponential(30.0), LogLogistic(1.2, 60.0), Infinite()))
