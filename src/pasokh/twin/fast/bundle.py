"""The bundle as compiled code sees it: one pointer to all arrays, so that functions are cheap to call and compile.

The bundle owns its arrays for as long as the loop runs, so reading one out of it counts no reference.
"""

from typing import Any

from numba import types
from numba.core import imputils
from numba.core.datamodel import default_manager, models
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref
from numba.extending import infer_getattr, lower_getattr_generic, lower_setattr_generic, overload

from pasokh.twin.fast.arrays import Arrays


class BundleType(types.StructRef):
    """The compiled type: its fields are the arrays."""


default_manager.register(BundleType, models.StructRefModel)


@infer_getattr
class _BundleAttribute(AttributeTemplate):
    key = BundleType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        return typ.field_dict.get(attr)


@lower_getattr_generic(BundleType)
def _get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    data = structref._Utils(context, builder, typ).get_data_struct(value)  # noqa: SLF001
    kind = typ.field_dict[attr]
    array = context.make_array(kind)(context, builder, value=getattr(data, attr))
    array.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
    return imputils.impl_ret_untracked(context, builder, kind, array._getvalue())  # noqa: SLF001


@lower_setattr_generic(BundleType)
def _set(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> None:
    typ, kind = sig.args
    bundle, array = args
    data = structref._Utils(context, builder, typ).get_data_struct(bundle)  # noqa: SLF001
    context.nrt.incref(builder, kind, array)
    setattr(data, attr, context.cast(builder, array, kind, typ.field_dict[attr]))



def _constructor() -> Any:
    """Source of a function of all arrays, because compiled functions take no tuple of differing kinds apart."""
    names = Arrays._fields
    stores = "".join(f"        b.{name} = t.{name}\n" for name in names)
    fields = ", ".join(f"({name!r}, t.types[{k}])" for k, name in enumerate(names))
    source = f"def build(t):\n    kind = BundleType([{fields}])\n    def impl(t):\n        b = new(kind)\n{stores}        return b\n    return impl\n"
    space: dict[str, Any] = {"__name__": __name__, "BundleType": BundleType, "new": structref.new}
    exec(compile(source, __file__, "exec"), space)  # noqa: S102
    return space["build"]


def bundle(arrays: Arrays) -> Any:
    """The bundle of a tuple of arrays; only compiled code can call it."""
    raise NotImplementedError


overload(bundle)(_constructor())
