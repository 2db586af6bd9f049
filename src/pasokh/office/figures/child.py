"""A report's own process: ``python -m pasokh.office.figures.child ORG NUMBER``, started by the worker."""

import os
import sys


def main(arguments: list[str]) -> int:
    """Make and send one report."""
    import django  # noqa: PLC0415 - settings are read when Django is set up

    django.setup()
    from pasokh.office.figures.reporting import send_report  # noqa: PLC0415 - its models need Django set up

    os.nice(10)
    org, number = arguments
    send_report(org, int(number))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
