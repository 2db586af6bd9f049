"""An import's own process: ``python -m pasokh.office.exchange.child ORG NUMBER``, started by the worker."""

import os
import sys


def main(arguments: list[str]) -> int:
    """Work on one import; it ends early when its parent does, or when somebody drops the file."""
    import django  # noqa: PLC0415 - settings are read when Django is set up

    django.setup()
    from pasokh.office.exchange.working import work  # noqa: PLC0415 - its models need Django set up

    os.nice(10)
    org, number = arguments
    parent = os.getppid()
    work(org, int(number), alone=lambda: os.getppid() != parent)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
