"""The field's words as types: money, person id, division, grade, period."""
