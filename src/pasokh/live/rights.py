"""Who may ask the core for what, and which fields of a command the server writes itself."""

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from pasokh.acd import commands as cmd
from pasokh.acd.state import State
from pasokh.channels.idempotency import message_key
from pasokh.channels.text import clean_line, clean_message
from pasokh.channels.webchat.view import is_over
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import derive
from pasokh.kernel.messages import tag_of
from pasokh.live.tokens import Claims
from pasokh.store.asking import key_of

type Fields = dict[str, object]
type _Fill = Callable[[Claims, Fields], None]

TOPICS: Mapping[str, frozenset[str]] = {
    "agent": frozenset({"desk", "team"}),
    "supervisor": frozenset({"desk", "team", "wall", "along"}),
    "visitor": frozenset({"chat"}),
}
"""Topics by role."""


def scope_of(claims: Claims, topic: str) -> str:
    """The scope a person sees a topic in; raises `topic.refused` where the role may not see it."""
    if topic not in TOPICS[claims.role]:
        raise PasokhError("topic.refused", topic=topic[:40], role=claims.role)
    if topic == "chat":
        return claims.contact or ""
    if topic == "along":
        return claims.agent or claims.subject
    if topic == "desk":
        if claims.agent is None:
            raise PasokhError("topic.refused", topic=topic, role=claims.role)
        return claims.agent
    return ""


def shape(claims: Claims, fields: Fields) -> cmd.AnyCommand:
    """The core's command that a person's frame asks for, with identity from the token.

    Raises `command.not_allowed` (the role may not), `command.forged` (a field names someone else),
    `command.malformed` (says which field), `message.*` (the text).
    """
    tag = fields.get("type")
    fill = _RIGHTS[claims.role].get(tag) if isinstance(tag, str) else None
    if fill is None:
        raise PasokhError("command.not_allowed", command=str(tag)[:60], role=claims.role)
    filled = dict(fields)
    fill(claims, filled)
    try:
        return msgspec.convert(filled, cmd.AnyCommand.__value__)  # type: ignore[no-any-return]
    except (msgspec.ValidationError, RecursionError) as error:
        raise PasokhError("command.malformed", why=str(error)[:200]) from error


def check_scope(claims: Claims, command: cmd.AnyCommand, state: State) -> None:
    """Refuse a visitor's command on anything but the own open interaction: `interaction.closed`.

    The answer is the same for interactions that are over, unknown or another's, so it tells nothing about those.
    What agents may touch is the core's decision, by the agent id the token gave.
    """
    if claims.role != "visitor":
        _check_staff(claims, command, state)
        return
    name = cast("str", getattr(command, "interaction", ""))
    if isinstance(command, cmd.RateContact):
        return  # whose contact it is, the token says; which interaction, the server
    interaction = state.interactions.get(name)
    if interaction is None or is_over(interaction):
        raise PasokhError("interaction.closed", interaction=name)
    if interaction.contact != claims.contact or interaction.kind != "contact":
        raise PasokhError("interaction.closed", interaction=name)


def _check_staff(claims: Claims, command: cmd.AnyCommand, state: State) -> None:
    """Refuse an agent what only the owner, or a supervisor, may do beside the work itself."""
    if claims.role == "supervisor" and not isinstance(command, cmd.MarkRead):
        return
    match command:
        case cmd.MarkRead() | cmd.AnswerHelp():
            interaction = state.interactions.get(command.interaction)
            if interaction is None or interaction.agent != claims.agent:
                raise PasokhError("interaction.not_yours", field="interaction", interaction=command.interaction)
        case cmd.CloseFollowUp():
            known = state.follow_ups.get(command.follow_up)
            if known is not None and known.owner != claims.agent:
                raise PasokhError("follow_up.not_yours", field="follow_up")
        case _:
            return


def idempotency_key(claims: Claims, frame: str, command: cmd.AnyCommand) -> str:
    """The inbox key of a person's command: the frame's id, or the message's own for a message, within that person."""
    if isinstance(command, cmd.PostMessage):
        return message_key(claims.kind, claims.subject, command.message)
    return key_of(claims.kind, claims.subject, "d", frame)


def actor_of(claims: Claims) -> str:
    """Who the log says it was."""
    if claims.contact is not None:
        return f"contact:{claims.contact}"
    return f"agent:{claims.agent}" if claims.agent is not None else f"user:{claims.subject}"


def _set(fields: Fields, name: str, value: str) -> None:
    """The server's value for a field; one that was sent and differs is a forgery, not a slip."""
    if fields.get(name, value) != value:
        raise PasokhError("command.forged", field=name)
    fields[name] = value


def _own_agent(claims: Claims, fields: Fields) -> None:
    if claims.agent is None:
        raise PasokhError("command.not_allowed", command=str(fields.get("type")), role=claims.role)
    _set(fields, "agent", claims.agent)
    _clean(fields, "note", 4_000)
    _clean(fields, "reason", 200)


def _any_agent(claims: Claims, fields: Fields) -> None:
    if "agent" not in fields:
        _own_agent(claims, fields)


def _as_it_is(claims: Claims, fields: Fields) -> None:
    """Nothing in it says who asks."""


def _staff_message(claims: Claims, fields: Fields) -> None:
    if claims.agent is None:
        raise PasokhError("command.not_allowed", command="message.post", role=claims.role)
    if fields.get("author", "agent") not in ("agent", "note"):
        raise PasokhError("command.forged", field="author")
    fields.setdefault("author", "agent")
    _set(fields, "author_id", claims.agent)
    _clean_text(fields)


def _supervisor_message(claims: Claims, fields: Fields) -> None:
    """A supervisor may also whisper, without being an agent."""
    if fields.get("author") != "whisper":
        _staff_message(claims, fields)
        return
    _set(fields, "author_id", claims.agent or claims.subject)
    _clean_text(fields)


def _by_oneself(claims: Claims, fields: Fields) -> None:
    """The core wants to know who asks."""
    _set(fields, "by", claims.agent or claims.subject)
    for name in ("question", "result"):
        _clean(fields, name, 200)


def _take_over(claims: Claims, fields: Fields) -> None:
    if claims.agent is None:
        raise PasokhError("agent.not_signed_in", field="by", agent=claims.subject)
    _set(fields, "by", claims.agent)


def _agent_reads(claims: Claims, fields: Fields) -> None:
    if claims.agent is None:
        raise PasokhError("command.not_allowed", command="message.read", role=claims.role)
    _set(fields, "reader", "agent")


def _visitor_reads(claims: Claims, fields: Fields) -> None:  # noqa: ARG001 - the shape of all fills
    _set(fields, "reader", "customer")


def _rating(claims: Claims, fields: Fields) -> None:
    """Whose contact it is, the token says; `orders` adds who served."""
    _set(fields, "contact", claims.contact or "")
    fields["queue"] = fields["agent"] = "-"
    comment = fields.get("comment")
    if isinstance(comment, str):
        fields["comment"] = clean_message(comment)[:2_000] if comment.strip() else ""


def _visitor_message(claims: Claims, fields: Fields) -> None:
    _set(fields, "author", "customer")
    _set(fields, "author_id", claims.contact or "")
    _clean_text(fields)


def _alternative(claims: Claims, fields: Fields) -> None:  # noqa: ARG001 - the shape of all fills
    interaction = fields.get("interaction")
    if isinstance(interaction, str):
        _set(fields, "callback", derive(interaction, "alt", 1))
    _clean(fields, "address", 200)
    fields.pop("attachments", None)
    if fields.get("text"):
        _clean_text(fields)


def _clean_text(fields: Fields) -> None:
    text = fields.get("text", "")
    if not isinstance(text, str):
        raise PasokhError("command.malformed", why="Expected `str` - at `$.text`")
    fields["text"] = clean_message(text) if text.strip() or not fields.get("attachments") else ""


def _clean(fields: Fields, name: str, longest: int) -> None:
    value = fields.get(name)
    if isinstance(value, str):
        fields[name] = clean_line(value, longest) if longest <= 200 else value.replace("\x00", "")


def _tags(*kinds: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(tag_of(kind) for kind in kinds)


_AGENT: dict[str, _Fill] = {
    **dict.fromkeys(
        _tags(
            cmd.SignIn,
            cmd.SignOut,
            cmd.SetPresence,
            cmd.AcceptOffer,
            cmd.RejectOffer,
            cmd.StartHold,
            cmd.EndHold,
            cmd.SwitchConsult,
            cmd.PauseRecording,
            cmd.ResumeRecording,
            cmd.RejoinCall,
            cmd.Transfer,
            cmd.StartConsult,
            cmd.EndConsult,
            cmd.CompleteTransfer,
            cmd.TransferOutside,
            cmd.ConsultOutside,
            cmd.TransferMenu,
            cmd.EndInteraction,
            cmd.CompleteWrapUp,
            cmd.AskHelp,
        ),
        _own_agent,
    ),
    **dict.fromkeys(_tags(cmd.SetFollowUp, cmd.CloseFollowUp, cmd.AnswerHelp), _by_oneself),
    tag_of(cmd.MarkRead): _agent_reads,
    tag_of(cmd.PostMessage): _staff_message,
}
_RIGHTS: dict[str, dict[str, _Fill]] = {
    "agent": _AGENT,
    "supervisor": {
        **_AGENT,
        **dict.fromkeys(_tags(cmd.SetPresence, cmd.SignOut), _any_agent),
        **dict.fromkeys(_tags(cmd.OpenQueue, cmd.CloseQueue, cmd.SetPriority, cmd.CloseInteraction), _as_it_is),
        **dict.fromkeys(
            _tags(
                cmd.StartMonitor,
                cmd.StopMonitor,
                cmd.ReturnInteraction,
                cmd.MoveContact,
                cmd.AnnounceIncident,
                cmd.WithdrawIncident,
                cmd.AcknowledgeAlarm,
            ),
            _by_oneself,
        ),
        tag_of(cmd.TakeOver): _take_over,
        tag_of(cmd.PostMessage): _supervisor_message,
    },
    "visitor": {
        tag_of(cmd.PostMessage): _visitor_message,
        tag_of(cmd.LeaveContact): _as_it_is,
        tag_of(cmd.MarkRead): _visitor_reads,
        tag_of(cmd.RateContact): _rating,
        tag_of(cmd.AcceptAlternative): _alternative,
    },
}
