"""Reads of files, by who asks."""

from pasokh.kernel.errors import PasokhError
from pasokh.office.files.models import File


def file_for_staff(number: str) -> File:
    """A file of the scope's organisation; raises `file.unknown`."""
    return _found(File.objects.filter(id=number[:40]).first())


def file_for_visitor(number: str, contact: str) -> File:
    """A file of the visitor's own contact that is not for the inside; raises `file.unknown`."""
    return _found(File.objects.filter(id=number[:40], contact=contact, inside=False).first())


def files_by_ids(numbers: list[str]) -> dict[str, File]:
    """Files of the scope's organisation by id; unknown ones are left out."""
    return {file.id: file for file in File.objects.filter(id__in=numbers)}


def _found(file: File | None) -> File:
    if file is None:
        raise PasokhError("file.unknown")
    return file
