"""A preview's own process: ``python -m pasokh.office.policy.child ORG NUMBER``, started by the worker."""

import os
import sys
from collections.abc import Callable


def main(arguments: list[str]) -> int:
    """Compute one preview; it ends early when its parent does, or when somebody calls it off."""
    import django  # noqa: PLC0415 - settings are read when Django is set up

    django.setup()
    from pasokh.office.policy.computing import compute  # noqa: PLC0415 - its models need Django set up

    os.nice(10)
    org, number = arguments
    compute(org, int(number), alone=_parent_gone(os.getppid()))
    return 0


def _parent_gone(parent: int) -> Callable[[], bool]:
    return lambda: os.getppid() != parent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
