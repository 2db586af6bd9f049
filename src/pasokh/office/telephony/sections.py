"""Telephony in the configuration file: where calls may go, carriers, prompts, flows, numbers, telephones, blocked ones.

Nothing secret travels: telephones are given new secrets where they arrive, carriers wait until theirs is entered.
Recordings stay behind as well.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from pasokh.flows.nodes import Subflow
from pasokh.flows.reading import parse_flow
from pasokh.kernel.errors import PasokhError
from pasokh.office.exchange.sections import Items, Section, add_section, shaped
from pasokh.office.exchange.shapes import Names, Shape
from pasokh.office.telephony import actions, flow_actions, prompt_actions, rules, selectors, station_actions
from pasokh.office.telephony.compiled import DialConfig, StationConfig, StationKind, TrunkConfig, plain
from pasokh.office.telephony.models import BlockedNumber, Flow, Number, Prompt, Station, Trunk
from pasokh.office.telephony.rules import NumberDraft, PromptDraft, StationDraft, TrunkDraft

type Item = dict[str, Any]


class CarrierItem(Shape, frozen=True):
    """A carrier."""

    name: Names
    settings: TrunkConfig
    active: bool = True


class PromptItem(Shape, frozen=True):
    """A prompt without its recordings."""

    texts: dict[str, str] = msgspec.field(default_factory=dict)
    tags: list[str] = msgspec.field(default_factory=list)


class FlowItem(Shape, frozen=True):
    """A flow; `draft` only where it differs from what is published."""

    name: Names
    text: str
    published: bool = True
    draft: str = ""
    archived: bool = False


class NumberItem(Shape, frozen=True):
    """A number."""

    client: str
    flow: str
    last_resort: str
    name: Names = msgspec.field(default_factory=dict)
    languages: list[str] = msgspec.field(default_factory=list)
    recorded: bool = False
    also: list[str] = msgspec.field(default_factory=list)
    carriers: list[str] = msgspec.field(default_factory=list)
    active: bool = True


class TelephoneItem(Shape, frozen=True):
    """A telephone of a person."""

    user: str
    kind: StationKind
    name: str = ""
    number: str = ""
    rings: bool = False
    settings: StationConfig = msgspec.field(default_factory=StationConfig)


class BlockedItem(Shape, frozen=True):
    """Who is kept out."""

    why: str = ""


def add_telephony_sections() -> None:
    """Let telephony travel with the rest of the configuration: after queues, hours and people, which it names."""
    for section in (
        Section("dial_policy", 120, "Where calls may go; nowhere, unless said here.", _dial, shaped(DialConfig),
                _write_dial, single=True),
        Section("carriers", 121, "Carriers. What they are told to let us in is entered where the file arrives.",
                _carriers, shaped(CarrierItem), _write_carrier, lambda a, k: actions.do_switch_trunk(a, k, False)),
        Section("prompts", 122, "What is said; recordings do not travel.", _prompts, shaped(PromptItem), _write_prompt,
                prompt_actions.do_remove_prompt),
        Section("flows", 123, "What callers hear and may choose, as TOML.", _flows, shaped(FlowItem), _write_flow,
                flow_actions.do_archive_flow, in_order=_inner_first),
        Section("numbers", 124, "Numbers that customers call: digits with the country code.", _numbers,
                shaped(NumberItem), _write_number, lambda a, k: actions.do_switch_number(a, k, False),
                names={"trunks": "carriers"}),
        Section("telephones", 125, "Telephones of people; `rings`: this one of several.", _telephones,
                shaped(TelephoneItem), _write_telephone, station_actions.do_remove_station),
        Section("blocked_callers", 126, "Numbers, beginnings of them with *, or anonymous.", _blocked,
                shaped(BlockedItem), _write_blocked, actions.do_unblock_number),
    ):  # fmt: skip
        add_section(section)


# -- where calls may go ------------------------------------------------------------------------------------------------
def _dial() -> Items:
    return {"": plain(selectors.dial_settings().config)}


def _write_dial(actor: str, key: str, item: Item) -> None:  # noqa: ARG001 - a section's signature
    config = rules.as_dial(item)
    if config.caller_id and not Number.objects.filter(did=config.caller_id).exists():
        config = msgspec.structs.replace(config, caller_id="")  # its number comes later; see `_write_number`
    actions.do_save_dial_policy(actor, config)


# -- carriers ----------------------------------------------------------------------------------------------------------
def _carriers() -> Items:
    return {
        row.key: {"name": row.name, "settings": plain(row.config), "active": row.is_active}
        for row in Trunk.objects.order_by("key")
    }


def _write_carrier(actor: str, key: str, item: Item) -> None:
    draft = TrunkDraft(item["name"], rules.as_trunk(item["settings"]))
    actions.do_save_trunk(actor, key, draft, needs_password=False)
    actions.do_switch_trunk(actor, key, item["active"])


# -- prompts -----------------------------------------------------------------------------------------------------------
def _prompts() -> Items:
    return {row.key: {"texts": row.texts, "tags": row.tags} for row in Prompt.objects.order_by("key")}


def _write_prompt(actor: str, key: str, item: Item) -> None:
    prompt_actions.do_save_prompt(actor, key, PromptDraft(item["texts"], tuple(item["tags"])))


# -- flows -------------------------------------------------------------------------------------------------------------
def _flows() -> Items:
    found: Items = {}
    for row in Flow.objects.order_by("key"):
        published = row.versions.filter(version=row.published).first()
        text = published.text if published is not None else row.draft
        found[row.key] = {
            "name": row.name,
            "text": text,
            "published": published is not None,
            "draft": row.draft if row.draft != text else "",
            "archived": bool(row.archived_at),
        }
    return found


def _write_flow(actor: str, key: str, item: Item) -> None:
    flow_actions.do_save_draft(actor, key, item["name"], item["text"])
    if item["published"]:
        flow_actions.do_publish_flow(actor, key)
    if item["draft"]:
        flow_actions.do_save_draft(actor, key, item["name"], item["draft"])
    if item["archived"]:
        flow_actions.do_archive_flow(actor, key)
    else:
        flow_actions.do_restore_flow(actor, key)


def _inner_first(items: Items) -> Items:
    """Each flow after those it runs; what cannot be read, or hangs in a circle, comes last and is refused there."""
    runs = {key: set(_run_by(str(item.get("text", "")))) & items.keys() for key, item in items.items()}
    done: Items = {}
    waiting = dict(items)
    while waiting:
        ready = [key for key in waiting if not (runs[key] - done.keys() - {key})]
        if not ready:
            return done | waiting
        done |= {key: waiting.pop(key) for key in ready}
    return done


def _run_by(text: str) -> Iterable[str]:
    try:
        flow = parse_flow(text)
    except PasokhError:
        return ()
    return [node.flow for node in flow.nodes.values() if isinstance(node, Subflow)]


# -- numbers -----------------------------------------------------------------------------------------------------------
def _numbers() -> Items:
    return {
        row.did: {
            "client": row.client.key,
            "flow": row.flow.key,
            "last_resort": row.last_resort.key,
            "name": row.name,
            "languages": row.languages,
            "recorded": row.recorded,
            "also": row.also,
            "carriers": sorted(trunk.key for trunk in row.trunks.all()),
            "active": row.is_active,
        }
        for row in selectors.all_numbers()
    }


def _write_number(actor: str, key: str, item: Item) -> None:
    draft = NumberDraft(
        item["client"], item["flow"], item["last_resort"], item["name"], tuple(item["languages"]), item["recorded"],
        tuple(item["also"]), tuple(item["carriers"]),
    )  # fmt: skip
    actions.do_save_number(actor, f"+{key.removeprefix('+')}", draft)
    actions.do_switch_number(actor, key, item["active"])


# -- telephones --------------------------------------------------------------------------------------------------------
def _telephones() -> Items:
    return {
        row.key: {
            "user": row.user.username,
            "kind": row.kind,
            "name": row.name,
            "number": f"+{row.number}" if row.number else "",
            "rings": row.is_chosen,
            "settings": plain(row.config),
        }
        for row in Station.objects.select_related("user").order_by("key")
    }


def _write_telephone(actor: str, key: str, item: Item) -> None:
    config = rules.as_station(item["settings"])
    draft = StationDraft(item["user"], item["kind"], item["name"], item["number"], config)
    station_actions.do_save_station(actor, key, draft)
    if item["rings"]:
        station_actions.do_choose_station(actor, key)


# -- who is kept out ---------------------------------------------------------------------------------------------------
def _blocked() -> Items:
    return {row.pattern: {"why": row.why} for row in BlockedNumber.objects.order_by("pattern")}


def _write_blocked(actor: str, key: str, item: Item) -> None:
    actions.do_block_number(actor, key, item["why"])
