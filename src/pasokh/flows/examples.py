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
def example_flows() -> dict[str, Flow]:
    """Every example flow by its id."""
    flows = [parse_flow(path.read_text("utf-8")) for path in sorted(_DIRECTORY.glob("*.toml"))]
    return {flow.id: flow for flow in flows}


def example(main: str) -> Program:
    """The example program that begins with a flow, with the subflows it runs."""
    flows, wanted, found = example_flows(), [main], dict[str, Flow]()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = flows[name]
            wanted += [node.flow for node in flows[name].nodes.values() if hasattr(node, "flow")]
    return Program(main, found)
