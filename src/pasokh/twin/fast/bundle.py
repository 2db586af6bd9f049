"""The bundle as compiled code sees it: a pointer to a table of where each array lies and how large it is.

So a function is cheap to call and to compile however many arrays there are, and reading one counts no reference: the
caller keeps the arrays alive while the loop runs.
"""

# mypy: disable-error-code="no-untyped-call,untyped-decorator,override,misc,unused-ignore"
# ruff: noqa: ANN401 - the compiler's own interface is untyped

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils, imputils
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic

from pasokh.twin.fast.arrays import KINDS, WIDTHS, Arrays

_WORDS = 6
"""Words of the table per array: its address, then its sizes."""
_NUMBERS = {"i": types.int64, "u": types.uint64, "f": types.float64}
_FIELDS = {name: (k, types.Array(_NUMBERS[kind[0]], int(kind[1]), "C")) for k, (name, kind) in enumerate(KINDS.items())}


def table_of(arrays: Arrays) -> "np.ndarray[Any, Any]":
    """Where the arrays lie. Keep `arrays` alive while the table is used; raises `TypeError` for a wrong array."""
    table = np.zeros((len(arrays), _WORDS), np.int64)
    for k, (name, array) in enumerate(zip(arrays._fields, arrays, strict=True)):
        if f"{array.dtype.kind}{array.ndim}" != KINDS[name] or not array.flags.c_contiguous or array.itemsize != 8:
            raise TypeError(name)
        if name in WIDTHS and array.shape[-1] != WIDTHS[name]:
            raise TypeError(name)
        table[k, 0] = array.ctypes.data
        table[k, 1 : 1 + array.ndim] = array.shape
    return table


class BundleType(types.Type):
    """The compiled type: its fields are the arrays."""

    def __init__(self) -> None:
        super().__init__("PasokhBundle")


register_default(BundleType)(models.OpaqueModel)
_TYPE = BundleType()


def _bundle(_typing: Any, table: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = context.make_array(signature.args[0])(context, builder, args[0])
        return builder.bitcast(found.data, cgutils.voidptr_t)

    return _TYPE(table), generate


_intrinsic: Any = intrinsic
bundle: Callable[[Any], Arrays] = _intrinsic(_bundle)
"""The bundle of a table; compiled code only."""


@infer_getattr
class _BundleAttribute(AttributeTemplate):
    key = BundleType

    def generic_resolve(self, _: Any, attr: str) -> Any:
        return _FIELDS[attr][1] if attr in _FIELDS else None


@lower_getattr_generic(BundleType)
def _get(context: Any, builder: Any, _: Any, value: Any, attr: str) -> Any:
    """Read an array's place and sizes. They never change, and the optimiser is told so."""
    number, kind = _FIELDS[attr]
    word = context.get_value_type(types.int64)
    table = builder.bitcast(value, word.as_pointer())
    unchanging = builder.module.add_metadata([])

    def read(k: int) -> Any:
        load = builder.load(builder.gep(table, [context.get_constant(types.intp, number * _WORDS + k)]))
        load.set_metadata("invariant.load", unchanging)
        return load

    array = context.make_array(kind)(context, builder)
    sizes = [read(1 + k) for k in range(kind.ndim)]
    if attr in WIDTHS:
        sizes[-1] = context.get_constant(types.intp, WIDTHS[attr])
    steps = [context.get_constant(types.intp, 8)]
    for size in reversed(sizes):
        steps.append(builder.mul(steps[-1], size))
    array.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
    array.parent = context.get_constant_null(types.pyobject)
    array.itemsize = context.get_constant(types.intp, 8)
    array.nitems = builder.udiv(steps.pop(), context.get_constant(types.intp, 8))
    array.data = builder.inttoptr(read(0), context.get_data_type(kind.dtype).as_pointer())
    array.shape = cgutils.pack_array(builder, sizes)
    array.strides = cgutils.pack_array(builder, steps[::-1])
    return imputils.impl_ret_untracked(context, builder, kind, array._getvalue())  # noqa: SLF001
