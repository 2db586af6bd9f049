"""What drawn people do besides talking: read, go away, rate, send pictures, ask for help, promise and keep."""

from collections.abc import Iterator
from dataclasses import dataclass

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import FollowUp, Phase
from pasokh.acd.state import State
from pasokh.kernel.ids import derive
from pasokh.kernel.time import DAY, HOUR, MINUTE, SECOND, Instant, Millis
from pasokh.ops.traffic import lines
from pasokh.ops.traffic.drawing import READING, TALK_TURN, Drawing, Due, goes_on, holds, stands

_IN_HAND = (Phase.ACTIVE, Phase.WRAP_UP)
_SCORES = (5, 5, 5, 4, 4, 3, 2, 1)
_KEPT_WITHIN = 6 * HOUR
"""Promises further away are kept by whoever plays the agents then."""


@dataclass(slots=True)
class Besides:
    """Of one organisation's drawn people; every choice is drawn."""

    drawing: Drawing
    agents: frozenset[str]
    lead: str
    prefix: str
    """What begins the id of every drawn contact."""

    # -- customers -----------------------------------------------------------------------------------------------------
    def go_away(self, interaction: str) -> Iterator[Due]:
        """One in ten closes the page while waiting; most of them come back."""
        if self.drawing.number(10):
            return
        leaves = self.drawing.wait(TALK_TURN)
        waiting = stands(interaction, Phase.QUEUED)
        yield Due(leaves, cmd.CustomerAway(interaction), waiting)
        if self.drawing.number(3):
            back = leaves + self.drawing.wait(TALK_TURN)
            yield Due(back, cmd.CustomerBack(interaction), lambda s: interaction in s.interactions)

    def rate(self, event: ev.TalkEnded, state: State) -> Iterator[Due]:
        """Six in ten say how it was, one in three of them in words."""
        if not event.contact.startswith(self.prefix) or self.drawing.number(10) >= 6:
            return
        score = self.drawing.one(_SCORES)
        said = lines.COMMENTS[_language(state, event.contact)][0 if score > 4 else 1 if score > 2 else 2]
        comment = said if self.drawing.number(3) == 0 else ""
        rated = cmd.RateContact(event.contact, event.interaction, event.queue, event.agent, score, comment)
        yield Due(self.drawing.wait(READING), rated, lambda _: True)

    # -- both sides ----------------------------------------------------------------------------------------------------
    def read(self, event: ev.MessagePosted, state: State) -> Iterator[Due]:
        """Whoever is drawn reads what the other side wrote; a real agent gets an answer too."""
        item = state.interactions.get(event.interaction)
        there = goes_on(event.interaction)
        drawn = event.contact.startswith(self.prefix)
        if event.author == "agent" and drawn:
            yield Due(self.drawing.wait(READING), cmd.MarkRead(event.interaction, "customer", event.number), there)
            if event.author_id not in self.agents and self.drawing.number(4):
                reply = self.drawing.one(lines.REPLIES[_language(state, event.contact)])
                message = f"{event.interaction}.r{self.drawing.asked}"
                posted = cmd.PostMessage(event.interaction, message, "customer", event.contact, reply)
                active = stands(event.interaction, Phase.ACTIVE)
                yield Due(2 * SECOND + self.drawing.wait(TALK_TURN), posted, active)
        elif event.author == "customer" and item is not None and item.agent in self.agents:
            agent = item.agent or ""
            mine = holds(agent, event.interaction, *_IN_HAND)
            yield Due(self.drawing.wait(READING), cmd.MarkRead(event.interaction, "agent", event.number), mine)

    # -- agents and their supervisor -----------------------------------------------------------------------------------
    def during(self, interaction: str, contact: str, agent: str, state: State) -> Iterator[Due]:
        """Now and then: a picture, a question to the supervisor who also reads along, a note to a colleague."""
        language = _language(state, contact)
        active = holds(agent, interaction, Phase.ACTIVE)
        at = self.drawing.wait(TALK_TURN)
        if contact.startswith(self.prefix) and self.drawing.number(6) == 0:
            message = cmd.PostMessage(interaction, f"{interaction}.p", "customer", contact, lines.PICTURES[language])
            yield Due(at, message, active, picture=True)
        if self.lead and self.drawing.number(8) == 0:
            yield Due(at, cmd.AskHelp(interaction, agent, lines.QUESTIONS[language]), active)
        if self.lead and self.drawing.number(10) == 0:
            watched = stands(interaction, *_IN_HAND)
            yield Due(at, cmd.StartMonitor(interaction, self.lead), watched)
            yield Due(at + self.drawing.wait(TALK_TURN), cmd.StopMonitor(interaction, self.lead), lambda _: True)
        colleagues = sorted(name for name in self.agents & set(state.agents) if name != agent)
        if colleagues and self.drawing.number(12) == 0:
            asked = self.drawing.one(colleagues)
            text = f"@{state.agents[asked].config.name or asked} {lines.NOTES[language]}"
            note = cmd.PostMessage(interaction, f"{interaction}.n", "note", agent, text, mentions=(asked,))
            yield Due(at, note, active)

    def advise(self, event: ev.HelpAsked, state: State) -> Iterator[Due]:
        """The supervisor whispers an answer and closes the question."""
        if not self.lead:
            return
        at = self.drawing.wait(TALK_TURN) + self.drawing.wait(READING)
        text, message = lines.ADVICE[_language(state, event.contact)], f"{event.interaction}.w{self.drawing.asked}"
        talking = holds(event.agent, event.interaction, *_IN_HAND)
        yield Due(at, cmd.PostMessage(event.interaction, message, "whisper", self.lead, text), talking)
        there = goes_on(event.interaction)
        yield Due(at, cmd.AnswerHelp(event.interaction, self.lead), there)

    def promise(self, interaction: str, agent: str, contact: str, state: State) -> FollowUp:
        """What an agent promises the customer: in minutes, this day or the next."""
        kind = self.drawing.number(4)
        spans = ((MINUTE, 3 * MINUTE), (20 * MINUTE, 90 * MINUTE), (2 * HOUR, 5 * HOUR), (DAY, 2 * DAY))[kind]
        due = state.now + spans[0] + self.drawing.number(spans[1] - spans[0])
        return FollowUp(derive(interaction, "f", 1), agent, due, lines.PROMISES[_language(state, contact)])

    def keep(self, follow_up: str, contact: str, due_at: Instant, state: State) -> Due:
        """Most promises are kept about when they fall due; a few come late, those far away another day."""
        late: Millis = self.drawing.number(150 * SECOND) - 60 * SECOND
        delay = max(due_at - state.now + late, 5 * SECOND)

        def same(now: State) -> bool:
            known = now.follow_ups.get(follow_up)
            return delay < _KEPT_WITHIN and known is not None and known.due_at == due_at

        owner = state.follow_ups[follow_up].owner
        closed = cmd.CloseFollowUp(follow_up, owner, lines.KEPT[_language(state, contact)])
        return Due(min(delay, _KEPT_WITHIN), closed, same)


def _language(state: State, contact: str) -> str:
    known = state.contacts.get(contact)
    return known.language if known and known.language in lines.ANSWERS else "en"
