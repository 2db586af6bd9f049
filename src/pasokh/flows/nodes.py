"""The nodes of a flow: what is said, asked, decided, and where the caller goes next. Validated, readable in TOML."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_\-]{0,39}$")]
"""Of a node, a flow, an attribute."""
OptionalName = Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_\-]{0,39})?$")]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{1,80}$")]
OptionalId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:\-]{0,80}$")]
LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2,8}$")]
Key = Annotated[str, Meta(pattern=r"^[0-9*#]$")]
Keys = Annotated[str, Meta(pattern=r"^[0-9*#]{1,12}$")]
Seconds = Annotated[int, Meta(ge=1, le=3_600)]
Tries = Annotated[int, Meta(ge=1, le=9)]
Text = Annotated[str, Meta(max_length=1_000)]
Value = Annotated[str, Meta(max_length=80)]
Number = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{4,14}$")]
"""E.164."""


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said: a text per language with ``{slot}`` or ``{slot:manner}`` holes, or a prompt of the catalogue.

    Manners: ``plain digits number place day time wait`` and ``money.IRR`` (IRT, UAH, USD, EUR). With both, the prompt
    is played and the text stands for it where the prompt lacks a language.
    """

    text: dict[LanguageCode, Text] = {}
    prompt: OptionalId = ""
    tags: tuple[Name, ...] = ()
    """`busy` marks what may never reward waiting (R2)."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold, all of it; `reverse` turns the answer round."""

    open: OptionalId = ""
    """A calendar of hours that is open now."""
    holiday: OptionalId = ""
    """A calendar whose day is a holiday."""
    known: bool | None = None
    """The caller is a known customer."""
    anonymous: bool | None = None
    """The caller's number is withheld."""
    blocked: bool | None = None
    numbers: tuple[Number, ...] = ()
    """The number called is one of these."""
    callers: tuple[Annotated[str, Meta(pattern=r"^\+[0-9]{1,15}$")], ...] = ()
    """The caller's number begins with one of these."""
    languages: tuple[LanguageCode, ...] = ()
    """The language spoken now."""
    attribute: OptionalName = ""
    """An attribute that is set, or `one_of` these."""
    one_of: tuple[Value, ...] = ()
    reverse: bool = False


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way out of a branch."""

    when: Condition
    then: Name


class SkillAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A skill asked of the agent, and its least level."""

    skill: Id
    level: Annotated[int, Meta(ge=0, le=100)] = 1


class Announce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Place and wait told while waiting, where the figures are trusted; a place is never told worse than before."""

    place: bool = True
    wait: bool = True
    first_s: Seconds = 12
    every_s: Annotated[int, Meta(ge=15, le=600)] = 45


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alternative to waiting: its key, what it is, and the node that does it."""

    key: Key
    way: Literal["callback", "message", "overflow"]
    then: Name


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alternatives told before a minute has passed (R1), and again later; their keys work from the beginning."""

    ways: Annotated[tuple[Way, ...], Meta(min_length=1, max_length=6)]
    after_s: Annotated[int, Meta(ge=1, le=59)] = 40
    again_s: Annotated[int, Meta(ge=20, le=900)] = 60
    say: Saying | None = None
    """None = made of the ways: "to be called back without losing your place, press …"."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of a survey, answered by one key."""

    id: Name
    say: Saying
    keys: Keys = "12345"


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    """A place in a flow."""

    title: Annotated[str, Meta(max_length=80)] = ""
    """What people call it; empty = its name in the flow."""


class Say(Node, tag="say", frozen=True):
    """Says something and goes on; a key goes on at once and counts for the next question."""

    say: Saying
    then: OptionalName = ""
    interruptible: bool = True


class Menu(Node, tag="menu", frozen=True):
    """Asks for one key; after `tries` silences or wrong keys it goes `otherwise`."""

    say: Saying
    choices: dict[Key, Name]
    otherwise: OptionalName = ""
    timeout_s: Annotated[int, Meta(ge=1, le=60)] = 6
    tries: Tries = 3
    silence: Saying | None = None
    wrong: Saying | None = None


class Collect(Node, tag="collect", frozen=True):
    """Asks for digits into an attribute; `confirm` reads them back: 1 = right, 2 = once more."""

    say: Saying
    into: Name
    then: OptionalName = ""
    otherwise: OptionalName = ""
    least: Annotated[int, Meta(ge=1, le=40)] = 1
    most: Annotated[int, Meta(ge=1, le=40)] = 20
    terminator: Literal["#", "*", ""] = "#"
    timeout_s: Annotated[int, Meta(ge=1, le=60)] = 8
    between_s: Annotated[int, Meta(ge=1, le=30)] = 4
    tries: Tries = 3
    silence: Saying | None = None
    wrong: Saying | None = None
    confirm: bool = False


class AskLanguage(Node, tag="ask_language", frozen=True):
    """Asks for the language, each offered in itself; a caller whose language is remembered is not asked."""

    say: Saying
    choices: dict[Key, LanguageCode]
    then: OptionalName = ""
    remembered: bool = True
    timeout_s: Annotated[int, Meta(ge=1, le=60)] = 5
    tries: Tries = 2


class SetLanguage(Node, tag="set_language", frozen=True):
    """Speaks another language from here on."""

    to: LanguageCode
    then: OptionalName = ""
    remember: bool = False


class SetAttribute(Node, tag="set", frozen=True):
    """Notes something for branches and for the agent."""

    name: Name
    value: Value
    then: OptionalName = ""


class Branch(Node, tag="branch", frozen=True):
    """The first case that holds, else `otherwise`."""

    cases: Annotated[tuple[Case, ...], Meta(max_length=40)]
    otherwise: OptionalName = ""


class Queue(Node, tag="queue", frozen=True):
    """Waits for an agent, with music, honest announcements, and alternatives before a minute has passed."""

    queue: Id
    priority: Annotated[int, Meta(ge=0, le=20)] = 1
    skills: tuple[SkillAsked, ...] = ()
    attributes: tuple[Name, ...] = ()
    """Handed to the agent."""
    music: Id = "default"
    say: Saying | None = None
    announce: Announce | None = Announce()
    offer: Offer | None = None
    when_closed: OptionalName = ""
    when_full: OptionalName = ""
    otherwise: OptionalName = ""
    """The queue let the caller go for any (other) reason."""
    after: OptionalName = ""
    """Once the agent has left and the caller is still there; none = the call ends."""


class Callback(Node, tag="callback", frozen=True):
    """Agrees on a number, read back digit by digit, and asks for a call back that keeps the place; `*` goes back."""

    queue: OptionalId = ""
    """Where from: the queue waited in unless named."""
    then: OptionalName = ""
    otherwise: OptionalName = ""
    """Nothing agreed: back to where the caller was."""
    tries: Tries = 3
    timeout_s: Annotated[int, Meta(ge=1, le=60)] = 8
    done: Saying | None = None


class Voicemail(Node, tag="voicemail", frozen=True):
    """Records a message that becomes a ranked item of the queue."""

    queue: OptionalId = ""
    """Whose item: the queue waited in unless named."""
    say: Saying | None = None
    then: OptionalName = ""
    otherwise: OptionalName = ""
    """Nothing could be recorded; none = as `then`."""
    most_s: Annotated[int, Meta(ge=5, le=600)] = 120
    silence_s: Annotated[int, Meta(ge=1, le=30)] = 5
    finish: Key = "#"


class Transfer(Node, tag="transfer", frozen=True):
    """Connects the caller with an outside number of the centre's own choice."""

    to: Number
    say: Saying | None = None
    timeout_s: Annotated[int, Meta(ge=5, le=120)] = 30
    otherwise: OptionalName = ""


class Survey(Node, tag="survey", frozen=True):
    """Asks how it was, one key a question; who is silent is asked nothing more."""

    id: Name
    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=10)]
    thanks: Saying | None = None
    then: OptionalName = ""
    timeout_s: Annotated[int, Meta(ge=1, le=60)] = 7
    tries: Tries = 2


class HangUp(Node, tag="hang_up", frozen=True):
    """Ends the call, with or without a word."""

    say: Saying | None = None
    reason: Name = "done"


class Goto(Node, tag="goto", frozen=True):
    """Goes on elsewhere, at most so many times in a call, then `otherwise`: the only way to loop without asking."""

    to: Name
    otherwise: OptionalName = ""
    most: Annotated[int, Meta(ge=1, le=20)] = 3


class Subflow(Node, tag="subflow", frozen=True):
    """Runs another flow up to its `return`, then goes on."""

    flow: Name
    then: OptionalName = ""


class Return(Node, tag="return", frozen=True):
    """The end of a subflow."""


type AnyNode = (
    Say
    | Menu
    | Collect
    | AskLanguage
    | SetLanguage
    | SetAttribute
    | Branch
    | Queue
    | Callback
    | Voicemail
    | Transfer
    | Survey
    | HangUp
    | Goto
    | Subflow
    | Return
)


class Flow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow: nodes by name, where it starts, the languages it speaks (the first unless another is chosen)."""

    id: Name
    start: Name
    nodes: Annotated[dict[Name, AnyNode], Meta(min_length=1, max_length=500)]
    languages: Annotated[tuple[LanguageCode, ...], Meta(min_length=1, max_length=8)]
    version: Annotated[int, Meta(ge=1)] = 1
    name: dict[LanguageCode, Text] = {}


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flow with every flow it runs: what the interpreter follows. Publish only what `check` finds faultless."""

    main: Name
    flows: dict[Name, Flow]

    def node(self, flow: str, name: str) -> AnyNode | None:
        """A node, or None where the flow or the node is not (any more)."""
        found = self.flows.get(flow)
        return found.nodes.get(name) if found is not None else None

    @property
    def languages(self) -> tuple[str, ...]:
        """What the number speaks, its first choice first."""
        return self.flows[self.main].languages if self.main in self.flows else ()
