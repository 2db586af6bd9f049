"""Languages, calendars, digits, text and messages: pure functions over the standard library, without a clock.

`catalogue`, `digits` and `numbers` import no date types, so the deciding core may use them.
"""
