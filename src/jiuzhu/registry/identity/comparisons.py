"""What the levels of linking mean, as comparisons of Splink with weights that stand fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiuzhu.registry.identity.weights import LEVELS, Weights

# Names of up to three letters differ by one in too many pairs to mean anything.
_SPELT_ALIKE = "jaro_winkler_similarity(name_l, name_r) >= 0.86 AND NOT chinese_l AND NOT chinese_r AND least(length(name_l), length(name_r)) > 3"
_ADDRESS_ALIKE = (
    "1 - levenshtein(address_l, address_r) / greatest(length(address_l), length(address_r), 1) >= 0.72 "
    "OR jaccard(address_words_l, address_words_r) >= 0.9 AND length(address_l) > 12 AND NOT chinese_l"
)
_CONDITIONS: Mapping[tuple[str, str], str] = {
    ("id_number", "same"): "id_text_l = id_text_r",
    ("id_number", "one_off"): "damerau_levenshtein(id_text_l, id_text_r) = 1",
    ("name", "same"): "name_l = name_r",
    ("name", "order"): "name_sorted_l = name_sorted_r",
    ("name", "sound"): "sound_l = sound_r",
    (
        "name",
        "spelling",
    ): f"({_SPELT_ALIKE}) OR (jaro_winkler_similarity(name_sorted_l, name_sorted_r) >= 0.86 AND NOT chinese_l AND NOT chinese_r)",
    ("name", "part"): "NOT chinese_l AND NOT chinese_r AND (first_word_l = first_word_r OR last_word_l = last_word_r)",
    ("birth_date", "same"): "birth_l = birth_r",
    ("birth_date", "slip"): "damerau_levenshtein(birth_l, birth_r) = 1 OR (left(birth_l, 4) = left(birth_r, 4) AND "
    "substr(birth_l, 5, 2) = substr(birth_r, 7, 2) AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2))",
    ("sex", "same"): "sex_l = sex_r",
    ("phone", "same"): "phone_l = phone_r",
    ("address", "same"): "address_l = address_r",
    ("address", "like"): _ADDRESS_ALIKE,
}
COLUMNS: Mapping[str, str] = {
    "id_number": "id_text",
    "name": "name",
    "birth_date": "birth",
    "sex": "sex",
    "phone": "phone",
    "address": "address",
}


def settings(weights: Weights) -> dict[str, Any]:
    """The settings Splink scores with; nothing in them is estimated."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": weights.prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": ["l.unique_id = r.unique_id"],
        "comparisons": [_comparison(name, weights) for name in LEVELS],
    }


def _comparison(name: str, weights: Weights) -> dict[str, Any]:
    column = COLUMNS[name]
    empty = f"{column}_l IS NULL OR {column}_r IS NULL OR {column}_l = '' OR {column}_r = ''"
    levels: list[dict[str, Any]] = [{"sql_condition": empty, "label_for_charts": "empty", "is_null_level": True}]
    for level in LEVELS[name]:
        m, u = weights.levels[name][level]
        levels.append(
            {
                "sql_condition": "ELSE" if level == "other" else _CONDITIONS[name, level],
                "label_for_charts": level,
                "m_probability": m,
                "u_probability": u,
                "fix_m_probability": True,
                "fix_u_probability": True,
            }
        )
    return {"output_column_name": name, "comparison_levels": levels}


def level_of(name: str, gamma: int) -> str:
    """The level Splink's number of a comparison stands for; "" where a side was empty."""
    return "" if gamma < 0 else LEVELS[name][len(LEVELS[name]) - 1 - gamma]
