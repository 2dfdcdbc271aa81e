"""A form that reads what is right straight away: marshmallow's fields, without its care for what is wrong.

A file of an office has hundreds of thousands of rows, and marshmallow takes its time with each: it asks for every
field that there might be, ready to say of each what is wrong with it.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES_SCHEMA


class Straight(Schema):
    """A form that refuses fields it does not have.

    Only of what is not right does marshmallow say everything that is wrong: both read by the same fields and hooks.
    """

    class Meta:
        unknown = RAISE

    def load(self, data: Any, *, many: bool | None = None, partial: Any = None, unknown: Any = None) -> Any:
        """Return what is read; raise ValidationError, with whatever is wrong."""
        is_plain = not (many or self.many or partial or self.partial or unknown) and self.unknown == RAISE
        if is_plain and isinstance(data, dict):
            with suppress(ValidationError):
                return self._straight(data)
        return super().load(data, many=many, partial=partial, unknown=unknown)

    def _straight(self, data: dict[str, Any]) -> Any:
        """Return what is read of one that is right; raise ValidationError for any other."""
        options: dict[str, Any] = {"many": False, "partial": self.partial, "unknown": RAISE}
        given = self._processed(PRE_LOAD, data, options)
        found = self._values(given)
        for validator, _many, _options in self._hooks[VALIDATES_SCHEMA]:
            getattr(self, validator)(found, **options)
        return self._processed(POST_LOAD, found, options)

    def _processed(self, tag: str, data: Any, options: Mapping[str, Any]) -> Any:
        # Hooks here take one form and nothing else: a test holds them to it.
        for processor, _many, _options in self._hooks[tag]:
            data = getattr(self, processor)(data, **options)
        return data

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found, known = dict[str, Any](), 0
        for name, field in self.load_fields.items():
            key = field.data_key or name
            if key in given:
                known += 1
            elif field.load_default is missing and not field.required:
                continue
            found[field.attribute or name] = field.deserialize(given.get(key, missing), key, given)
        if known < len(given):
            raise ValidationError("")
        return found
