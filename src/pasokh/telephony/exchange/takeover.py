"""Taking over calls that another engine left: what the core holds, compared with what is there.

Whatever happened while nobody led is judged from the two lists alone; order and events of that time are lost.

| the core holds | there is | so |
|---|---|---|
| a waiting or served customer | no channel of theirs | the customer left; with a switch begun anew: lost |
| a caller in the flow | no channel of theirs | likewise |
| an agent talking | the customer, no telephone of the agent | back to the queue, at the old place |
| an agent whose telephone is lost | the same | the core waits for it as long as it would have |
| a helper consulted | no telephone of the helper | the consult ends |
| an offer | the agent's telephone, answered | the agent takes it |
| a callback that was reached and passed on | nothing of the customer | the customer left; was lost: is called again |
| a callback talked or being dialled | nothing of the customer, and no order to call | the customer left, or was lost |
| an offer, a number outside being called | no telephone, and no order to call it | made anew; back to the queue |
| a number outside that had answered | no telephone there | the talk is over |
| nothing | a telephone, a bridge | let go |
| nothing | a caller | goes on in its flow |
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, Phase
from pasokh.acd.state import Call, Interaction
from pasokh.telephony import events as sw
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.legs import OUTSIDE, Leg, Role, outside_person
from pasokh.telephony.exchange.outside import BY_FLOW
from pasokh.telephony.exchange.talks import Party, Seen, Talk, wanted
from pasokh.telephony.variables import CALL, INTERACTION, MODE, ROLE

WAITING = (Phase.QUEUED, Phase.OFFERED, Phase.SCHEDULED)
OVER = (Phase.WRAP_UP, Phase.OUTCOME_DUE)


async def take_over(
    exchange: Exchange, held: Iterable[Interaction], calls: Iterable[Call] = (), undone: Collection[str] = ()
) -> list[cmd.AnyCommand]:
    """Rebuild the exchange, make every call what it is to be; returns what the core must be told.

    Callers are left in `Exchange.returning`: their flows go on once the core answers, which it does not meanwhile.
    `held`: open interactions by voice; `calls`: those in their flow; `undone`: interactions with effects still to be
    performed, whose telephones may yet come to be. Raises `SwitchUnavailableError` where the switch cannot be asked.
    """
    held = list(held)  # what the exchange itself knows is about to be forgotten
    await exchange.losses.look()
    channels = [each for each in await exchange.switch.channels() if not await _let_go(exchange, each)]
    bridges = await exchange.switch.bridges()
    exchange.forget_all()
    exchange.front.keep({channel.id for channel in channels})
    exchange.hands.seen = Seen({each.id: set(each.channels) for each in bridges})
    exchange.inherited.found((each.id for each in channels), undone)
    open_now = {each.id: each for each in held if each.phase not in OVER}
    asked: list[cmd.AnyCommand] = [exchange.dials.found(channels)]
    asked += _adopt_customers(exchange, open_now, _customers(channels, open_now), _dialled(channels))
    asked += await _adopt_legs(exchange, open_now, channels)
    asked += _missing_agents(exchange, open_now)
    asked += _missing_telephones(exchange, open_now, undone)
    asked += await exchange.losses.missing_arrivals(calls, channels)
    for talk in _talks(exchange):
        _expect_music(exchange, talk)
        await exchange.arrange(talk)
        # the customer's answer may have come while nobody led
        if talk.dialled and talk.agent and open_now[talk.interaction].phase is Phase.ACTIVE:
            await exchange.recorder.begin(talk, open_now[talk.interaction].queue)
    await _clear(exchange)
    for leg in [leg for leg in exchange.legs.values() if leg.role is Role.SUPERVISOR and leg.up]:
        await exchange.followers.place(leg)
    exchange.returning = [
        channel for channel in channels
        if channel.variables.get(ROLE) == Role.CALLER.value and channel.in_application
    ]  # fmt: skip
    return asked


async def _let_go(exchange: Exchange, channel: ChannelSnapshot) -> bool:
    """Whether the channel was told as lost; then it goes, for its customer is being called back."""
    given_up = exchange.losses.was_given_up(channel)
    if given_up:
        await exchange.switch.hang_up(channel.id, sw.Cause.NETWORK_OUT_OF_ORDER)
    return given_up


def unsure(exchange: Exchange) -> set[str]:
    """Interactions with a telephone that was ordered and of which the switch has not said anything."""
    return {leg.interaction for leg in exchange.legs.values() if not leg.called}


def calls_of(exchange: Exchange) -> list[Call]:
    """Callers in their flow, as far as the exchange knows."""
    return [Call(contact, number, "", "", 0) for contact, number in exchange.front.callers().values()]


def held_of(exchange: Exchange) -> list[Interaction]:
    """What the core holds, as far as the exchange knows: for a switch that was away while the lead went on."""
    held: list[Interaction] = []
    legs = exchange.legs.values()
    ringing = {leg.interaction: leg.person for leg in legs if leg.role is Role.AGENT and not leg.up}
    followed: dict[str, dict[str, str]] = {}
    for leg in legs:
        if leg.role is Role.SUPERVISOR:
            followed.setdefault(leg.interaction, {})[leg.person] = leg.mode
    for talk in _talks(exchange):
        if talk.interaction.startswith(BY_FLOW):
            continue
        channel = Channel.VOICE if talk.caller and not talk.dialled else Channel.CALLBACK
        offered = ringing.pop(talk.interaction, "")
        if talk.interaction in exchange.held_back:
            offered = talk.for_agent
        main = _as_held(exchange, talk, talk.interaction, channel, talk.agent or offered)
        main.on_hold_since, main.consult, main.talks_with = int(talk.held), talk.consult or None, talk.party.value
        main.reached_at = int(talk.dialled and bool(talk.caller))
        main.unrecorded_since = int(talk.unrecorded)
        main.telephone_lost = int(talk.interaction in exchange.telephones.away)
        main.monitors = followed.get(talk.interaction, {})
        held.append(main)
        if talk.consult:
            helper = talk.helper or outside_person(talk.consult)
            held.append(_as_held(exchange, talk, talk.consult, channel, helper, talk.interaction))
    for consult, agent in ringing.items():
        if consult not in exchange.talks:
            held.append(Interaction(consult, "", Channel.VOICE, "", 0, "consult", phase=Phase.OFFERED, agent=agent))
    return held


def _as_held(exchange: Exchange, talk: Talk, name: str, channel: Channel, who: str, parent: str = "") -> Interaction:
    """An interaction as the core has it: with an agent or a number outside, offered, or waiting."""
    i = Interaction(name, talk.contact, channel, "", 0, kind="consult" if parent else "contact", parent=parent or None)
    if who.startswith(OUTSIDE):
        leg = exchange.leg_of(who, Role.TRANSFER)
        i.phase, i.outside_leg = Phase.OUTSIDE, who.removeprefix(OUTSIDE)
        i.outside_answered = int(leg is not None and leg.up)
    elif who:
        i.phase, i.agent = Phase.ACTIVE if who in (talk.agent, talk.helper) else Phase.OFFERED, who
    return i


def _customers(
    channels: Sequence[ChannelSnapshot], open_now: Mapping[str, Interaction]
) -> Mapping[str, ChannelSnapshot]:
    """Customers' channels by interaction: who called us, and whom we called back and answered.

    An engine does not wait until the switch has put the interaction on its caller's channel before it asks the core.
    Where it died in between, the call's id says whose it is: interactions are named after it.
    """
    there: dict[str, ChannelSnapshot] = {}
    unnamed: dict[str, ChannelSnapshot] = {}
    for each in channels:
        role, named = each.variables.get(ROLE), each.variables.get(INTERACTION, "")
        if role == Role.CALLER.value and not named:
            unnamed[each.variables.get(CALL, each.id)] = each
        elif named and (role == Role.CALLER.value or (role == Role.OUTSIDE.value and each.in_application)):
            there[named] = each
    for name in open_now:
        call = unnamed.get(name.rpartition(".i")[0])
        if call is not None:
            there.setdefault(name, call)
    return there


def _dialled(channels: Sequence[ChannelSnapshot]) -> set[str]:
    """Interactions whose customers are being called, or were: their telephones are there."""
    return {each.variables.get(INTERACTION, "") for each in channels if each.variables.get(ROLE) == Role.OUTSIDE.value}


def _customer_away(exchange: Exchange, i: Interaction) -> list[cmd.AnyCommand] | None:
    """What to tell of somebody whose telephone is not there and is not called; None where an agent is to go on."""
    if i.channel is Channel.VOICE or i.phase in (Phase.OUTSIDE, Phase.MENU):
        return [exchange.losses.missing(i)]
    if i.reached_at and i.phase in WAITING:  # was called back, passed on, and is no more
        return [] if exchange.losses.was_lost(i.reached_at) else [cmd.LeaveContact(i.id)]
    return [] if i.phase in (Phase.QUEUED, Phase.SCHEDULED) else None


def _adopt_customers(
    exchange: Exchange,
    open_now: Mapping[str, Interaction],
    there: Mapping[str, ChannelSnapshot],
    dialled: Collection[str],
) -> list[cmd.AnyCommand]:
    asked: list[cmd.AnyCommand] = []
    for i in open_now.values():
        if i.kind == "consult":
            continue
        customer = there.get(i.id)
        if customer is None and i.id not in dialled:
            gone = _customer_away(exchange, i)
            if gone is not None:
                asked += gone
                continue
        talk = exchange.begin(i.id, i.contact, customer.id if customer is not None else "")
        talk.dialled = customer is not None and customer.variables.get(ROLE) == Role.OUTSIDE.value
        if customer is not None and customer.variables.get(ROLE) == Role.CALLER.value:
            talk.number = customer.caller_number
        talk.unrecorded = i.unrecorded_since > 0
        if i.phase is Phase.ACTIVE:
            talk.agent, talk.held = i.agent or "", i.on_hold_since > 0
        elif i.phase is Phase.OUTSIDE:
            talk.agent = outside_person(i.outside_leg)
        consult = open_now.get(i.consult or "")
        if consult is not None and consult.phase is Phase.ACTIVE:
            talk.consult, talk.helper = consult.id, consult.agent or ""
            talk.party = Party(i.talks_with or Party.HELPER)
            exchange.talks[consult.id] = talk
        elif consult is not None and consult.phase is Phase.OUTSIDE:
            talk.consult = consult.id
            if consult.outside_answered:
                talk.helper, talk.party = outside_person(consult.outside_leg), Party(i.talks_with or Party.HELPER)
            exchange.talks[consult.id] = talk
    return asked


async def _adopt_legs(
    exchange: Exchange, open_now: Mapping[str, Interaction], channels: Sequence[ChannelSnapshot]
) -> list[cmd.AnyCommand]:
    asked: list[cmd.AnyCommand] = []
    outside = {i.outside_leg: i for i in open_now.values() if i.phase is Phase.OUTSIDE}
    there = {channel.id for channel in channels}
    for channel in channels:
        leg = Leg.seen(channel)
        if leg is None or channel.id in exchange.callers:
            continue
        i = open_now.get(leg.interaction)
        serves = _serves(exchange, leg)
        if leg.role is Role.SUPERVISOR and i is not None and i.monitors.get(leg.person, "read") != "read":
            leg.mode = i.monitors[leg.person]
            if leg.up:
                await exchange.switch.set_variable(leg.channel, MODE, leg.mode)
        elif leg.role is Role.OUTSIDE and i is not None and i.channel is Channel.CALLBACK:
            pass  # the customer's telephone rings: whoever has the callback by then finds it ringing
        elif leg.role is Role.TRANSFER and (handed := outside.get(leg.interaction)) is not None:
            leg.interaction = handed.id
            if leg.up and not handed.outside_answered:
                asked.append(cmd.AnswerOutside(handed.id))
        elif leg.role is Role.TRANSFER and (caller := leg.interaction.removeprefix(BY_FLOW)) in there:
            talk = exchange.begin(leg.interaction, "", caller)
            talk.agent, talk.busy = leg.person, not leg.up
        elif serves is not None:
            leg.interaction = serves
        elif i is not None and i.phase is Phase.OFFERED and i.agent == leg.person:
            if leg.up:
                asked.append(cmd.AcceptOffer(i.id, leg.person))
        else:
            await exchange.switch.hang_up(leg.channel, sw.Cause.NORMAL)
            exchange.hands.seen.gone(leg.channel)
            continue
        exchange.legs[leg.channel] = leg
    return asked


def _serves(exchange: Exchange, leg: Leg) -> str | None:
    """The interaction whose agent or helper the telephone is, whatever it was called for first."""
    if leg.role is not Role.AGENT:
        return None
    for talk in _talks(exchange):
        if leg.person == talk.agent:
            return talk.interaction
        if leg.person == talk.helper:
            return talk.consult
    return None


def _missing_agents(exchange: Exchange, open_now: Mapping[str, Interaction]) -> list[cmd.AnyCommand]:
    """Agents who were talking and whose telephones are gone."""
    asked: list[cmd.AnyCommand] = []
    for talk in _talks(exchange):
        if talk.interaction not in open_now:
            continue
        for i in (open_now[talk.interaction], open_now.get(talk.consult)):
            gone = i is not None and i.phase is Phase.OUTSIDE and i.outside_answered
            if i is not None and gone and exchange.leg_of(outside_person(i.outside_leg), Role.TRANSFER) is None:
                asked.append(cmd.EndOutside(i.id, "failed"))
        if talk.helper and exchange.leg_of(talk.helper, Role.AGENT, Role.TRANSFER) is None:
            if open_now[talk.consult].phase is Phase.OUTSIDE:
                continue
            asked.append(cmd.EndInteraction(talk.consult, talk.helper))
            exchange.talks.pop(talk.consult, None)
            talk.helper = talk.consult = ""
            talk.party = Party.CUSTOMER
        i = open_now[talk.interaction]
        if i.phase is Phase.ACTIVE and not i.telephone_lost and exchange.leg_of(talk.agent) is None:
            if i.channel is Channel.VOICE:
                asked.append(cmd.ReturnInteraction(talk.interaction, "engine"))
            elif exchange.losses.was_lost(i.accepted_at):
                asked.append(exchange.losses.missing(i))
            else:
                asked.append(cmd.EndInteraction(talk.interaction, talk.agent))
            talk.agent, talk.held = "", False
    return asked


def _missing_telephones(
    exchange: Exchange, open_now: Mapping[str, Interaction], undone: Collection[str]
) -> list[cmd.AnyCommand]:
    """What was ringing and rings no more: nobody waits for a deadline that only a telephone could keep."""
    asked: list[cmd.AnyCommand] = []
    for i in open_now.values():
        talk = exchange.talks.get(i.id) or exchange.talks.get(i.parent or "")
        if i.id in undone or (talk is None and i.channel is Channel.VOICE):
            continue
        if i.phase is Phase.ACTIVE and i.channel is Channel.CALLBACK and talk is not None and i.kind != "consult":
            calling = any(leg.role is Role.OUTSIDE and leg.interaction == i.id for leg in exchange.legs.values())
            if talk.agent and not talk.caller and not calling:  # was reached, or was being called
                asked.append(exchange.losses.missing(i))
        elif i.phase is Phase.OFFERED and i.agent:
            if not any(leg.interaction == i.id and leg.person == i.agent for leg in exchange.legs.values()):
                asked.append(cmd.WithdrawOffer(i.id, i.agent))
        elif i.phase is Phase.OUTSIDE and not (
            i.outside_answered or exchange.leg_of(outside_person(i.outside_leg), Role.TRANSFER)
        ):
            asked.append(cmd.EndOutside(i.id, "failed"))
    return asked


def _talks(exchange: Exchange) -> list[Talk]:
    return [talk for name, talk in exchange.talks.items() if name == talk.interaction]


def _expect_music(exchange: Exchange, talk: Talk) -> None:
    """Nobody can tell who hears music: whoever is to be joined and is not yet must be taken for one who does."""
    seen = exchange.hands.seen
    aim = wanted(talk, exchange.up())
    joined = {channel for members in aim.bridges.values() for channel in members}
    there = {channel for members in seen.bridges.values() for channel in members}
    seen.music |= joined - there


async def _clear(exchange: Exchange) -> None:
    """Bridges that belong to nothing any more."""
    aims = [wanted(talk, exchange.up()) for talk in _talks(exchange)]
    needed = {bridge for aim in aims for bridge in aim.bridges}
    for bridge in [name for name in exchange.hands.seen.bridges if name.startswith("b-") and name not in needed]:
        await exchange.switch.destroy_bridge(bridge)
        exchange.hands.seen.bridges.pop(bridge, None)
