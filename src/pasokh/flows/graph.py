"""What leads where in a flow: edges with their fields, what is said in a node, what is reached from where."""

from collections.abc import Callable, Iterable, Iterator

from pasokh.flows import nodes as n

type Edge = tuple[str, str]
"""The field and the node it names; empty = nothing is named."""


def edges(node: n.AnyNode) -> list[Edge]:
    """Every way on, in order; a required one that is left out is there with an empty target."""
    match node:
        case n.Menu() | n.AskLanguage():
            named = [(f"choices.{key}", then) for key, then in node.choices.items()] if isinstance(node, n.Menu) else []
            return [*named, *silent(node)]
        case n.Queue():
            ways = [(f"offer.ways[{k}].then", way.then) for k, way in enumerate(node.offer.ways)] if node.offer else []
            after = [("after", node.after)] if node.after else []
            return [*ways, *silent(node), *after]
        case n.Collect():
            return [("then", node.then), ("otherwise", node.otherwise)]
        case n.Callback():
            return [("then", node.then), ("otherwise", node.otherwise)]
        case _:
            return silent(node)


def silent(node: n.AnyNode) -> list[Edge]:
    """The ways on of a caller who never presses a key and whom no agent answers."""
    match node:
        case n.Say() | n.SetLanguage() | n.SetAttribute() | n.Survey() | n.Subflow() | n.AskLanguage():
            return [("then", node.then)]
        case n.Menu() | n.Collect() | n.Transfer() | n.Callback():
            return [("otherwise", node.otherwise)]
        case n.Branch():
            cases = [(f"cases[{k}].then", case.then) for k, case in enumerate(node.cases)]
            return [*cases, ("otherwise", node.otherwise)]
        case n.Queue():
            named = [("when_closed", node.when_closed), ("when_full", node.when_full)]
            return [*(edge for edge in named if edge[1]), ("otherwise", node.otherwise)]
        case n.Voicemail():
            return [("then", node.then), *([("otherwise", node.otherwise)] if node.otherwise else [])]
        case n.Goto():
            return [("to", node.to), ("otherwise", node.otherwise)]
        case _:
            return []


def sayings(node: n.AnyNode) -> list[tuple[str, n.Saying]]:
    """Everything said in the node, by field."""
    fields = ("say", "silence", "wrong", "done", "thanks")
    found: list[tuple[str, n.Saying | None]] = [(field, getattr(node, field, None)) for field in fields]
    if isinstance(node, n.Queue) and node.offer is not None:
        found.append(("offer.say", node.offer.say))
    if isinstance(node, n.Survey):
        found += [(f"questions[{k}].say", question.say) for k, question in enumerate(node.questions)]
    return [(field, saying) for field, saying in found if saying is not None]


def reached(flow: n.Flow, starts: Iterable[str], follow: Callable[[n.AnyNode], list[Edge]] = edges) -> set[str]:
    """The nodes reached from `starts`, those included."""
    seen: set[str] = set()
    waiting = [name for name in starts if name in flow.nodes]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [target for _, target in follow(flow.nodes[name]) if target in flow.nodes]
    return seen


def leading_to(flow: n.Flow, goal: Callable[[n.AnyNode], bool]) -> set[str]:
    """The nodes from which some way leads to a node that is the goal, or that are it."""
    backwards: dict[str, list[str]] = {}
    for name, node in flow.nodes.items():
        for _, target in edges(node):
            backwards.setdefault(target, []).append(name)
    seen: set[str] = set()
    waiting = [name for name, node in flow.nodes.items() if goal(node)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += backwards.get(name, [])
    return seen


def silent_loops(flow: n.Flow) -> Iterator[str]:
    """The nodes of loops a silent caller never leaves: cycles of `silent` edges, where a `goto` is spent."""

    def follow(name: str) -> list[str]:
        node = flow.nodes[name]
        ways = [("otherwise", node.otherwise)] if isinstance(node, n.Goto) else silent(node)
        return [target for _, target in ways if target in flow.nodes]

    for name in flow.nodes:
        seen: set[str] = set()
        waiting = follow(name)
        while waiting:
            here = waiting.pop()
            if here == name:
                yield name
                break
            if here not in seen:
                seen.add(here)
                waiting += follow(here)
