"""The one error type of the domain: a stable code, named fields, and a message the edge translates."""


class PasokhError(Exception):
    """A refused request.

    `code` is stable and documented in `docs/errors.md` (``area.what``); `params` name the offending field and value,
    and fill the translated message. Nothing has been changed when it is raised.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """Code and fields, for logs and tests; people see the translated message."""
        fields = " ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} {fields}".rstrip()
