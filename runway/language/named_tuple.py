"""`NamedTuple` as `typing` has it, for a fraction of its time at each start.

`typing` compiles the text of every annotation, and the constructor of every class.  Here annotations stay text, which
nobody but the type checker reads, and classes with as many fields share the code of their constructor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from functools import cache
    from types import FunctionType

    try:
        from _collections import _tuplegetter
    except ImportError:  # not CPython
        from operator import itemgetter

        def _tuplegetter(place, text):
            return property(itemgetter(place), doc=text)

    @cache
    def field_at(place):
        """What reads the field at a place, which every class shares."""
        return _tuplegetter(place, f"field {place}")

    def declared(body):
        """The names that the body of a class annotates, in order."""
        if "__annotations__" in body:
            return tuple(body["__annotations__"])
        try:  # from Python 3.14 on, where a file's annotations are not text
            from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace
        except ImportError:
            return ()
        annotate = get_annotate_from_class_namespace(body)
        return () if annotate is None else tuple(call_annotate_function(annotate, Format.STRING))

    @cache
    def compiled(count):
        """The code of a constructor of so many fields, which are told apart by their places."""
        parameters = "".join(f", _{place}" for place in range(count))
        return eval(f"lambda _cls{parameters}: _new(_cls, ({parameters[2:]},))").__code__

    def constructor(fields, defaults):
        """The `__new__` of a class with these fields, the last of which have these defaults."""
        code = compiled(len(fields)).replace(co_name="__new__", co_qualname="__new__", co_varnames=("_cls", *fields))
        return staticmethod(FunctionType(code, {"_new": tuple.__new__}, None, defaults))

    class Values(tuple):
        """The methods of every named tuple."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changes):
            changed = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return changed

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            return (
                f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in self._asdict().items())})"
            )

        def __getnewargs__(self):
            return tuple(self)

    class Declared(type):
        """Turns the declaration of a class into a named tuple."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = declared(body)
            defaults = {field: body[field] for field in fields if field in body}
            if list(defaults) != list(fields[len(fields) - len(defaults) :]):
                raise TypeError(f"{name} has a field without a default after one with a default")

            def first(cls, *values, **named):
                tuple_class.__new__ = constructor(fields, tuple(defaults.values()))
                return tuple_class.__new__(cls, *values, **named)

            getters = {field: field_at(place) for place, field in enumerate(fields)}
            body |= {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            tuple_class = type(name, (Values,), {**body, **getters, "__new__": first})
            return tuple_class

    class NamedTuple(metaclass=Declared):
        """The base of a named tuple."""
