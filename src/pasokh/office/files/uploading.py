"""Takes an upload off the wire: straight into a file, never more than a file may have."""

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from pasokh.channels.files.ports import LARGEST


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Every upload goes into a temporary file; one that grows too large ends the reading and leaves a mark."""

    too_large = False
    _received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        """A further file: counted from its beginning."""
        self._received = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it."""
        self._received += len(raw_data)
        if self._received > LARGEST:
            self.too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
