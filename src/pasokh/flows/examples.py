"""The example flows that come with Pasokh: what the demo shop's numbers do, and a start for one's own."""

from functools import cache
from pathlib import Path

from pasokh.flows.nodes import Flow, Program
from pasokh.flows.reading import parse_flow
from pasokh.flows.surroundings import Surroundings

_DIRECTORY = Path(__file__).with_name("examples")
DEMO_SURROUNDINGS = Surroundings(
    queues=frozenset({"sales", "support", "billing", "golbarg"}),
    skills=frozenset({"sales", "support", "billing", "lang-fa", "lang-uk", "lang-en"}),
    hours=frozenset({"always", "office"}),
    attributes=frozenset({"customer_name", "customer_class"}),
)
"""What the demonstration has."""


@cache
def example_texts() -> dict[str, str]:
    """The TOML of every example flow by its id, as somebody would begin to write one."""
    texts = [path.read_text("utf-8") for path in sorted(_DIRECTORY.glob("*.toml"))]
    return {parse_flow(text).id: text for text in texts}


@cache
def example_flows() -> dict[str, Flow]:
    """Every example flow by its id."""
    return {name: parse_flow(text) for name, text in example_texts().items()}


def example(main: str) -> Program:
    """The example program that begins with a flow, with the subflows it runs."""
    flows, wanted, found = example_flows(), [main], dict[str, Flow]()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = flows[name]
            wanted += [node.flow for node in flows[name].nodes.values() if hasattr(node, "flow")]
    return Program(main, found)
