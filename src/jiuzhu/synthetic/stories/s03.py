"""Families that disability brings into need: scenario S03."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _new(day)
    yield from _graver(day)
    yield from _several(day)
    yield from _jobless(day)
    yield from _cared_for_by_the_old(day)
    yield from _rehabilitation(day)
    yield from _certificates_that_end(day)
    yield from _guardians(day)


def _certificate(day: Days, level: int, person: str = "self", issued: int = 2000, **columns: Any) -> Row:
    given = {"disability_level": level, "previous_level": level, "issue_date": day.ago(days=issued), "cert_status": 1}
    return row("dpf_disability_certificate", person, **(given | {"valid_to": day.ahead(years=4)} | columns))


def _new(day: Days) -> Iterator[Story]:
    yield from by_class("newly severely disabled", "S03-E01", [_certificate(day, 2, issued=29, previous_level=0)])
    for level, issued, before, status in ((1, 30, 0, 1), (3, 10, 0, 1), (2, 10, 3, 1), (2, 10, 0, 2)):
        found = _certificate(day, level, issued=issued, previous_level=before, cert_status=status)
        title = f"level {level} after {before}, status {status}, {issued} days ago"
        yield Story(title, {"S03-E01": None}, dibao=True, rows=[found])


def _graver(day: Days) -> Iterator[Story]:
    yield from by_class("the disability got worse", "S03-E02", [_certificate(day, 1, issued=59, previous_level=3)])
    yield Story("from the slightest to the gravest", {"S03-E02": "yellow"}, low=True,
                rows=[_certificate(day, 2, issued=0, previous_level=4)])  # fmt: skip
    for level, issued, before in ((2, 60, 3), (1, 20, 2), (2, 20, 0), (3, 20, 4)):
        found = _certificate(day, level, issued=issued, previous_level=before)
        yield Story(f"level {level} after {before}, {issued} days ago", {"S03-E02": None}, dibao=True, rows=[found])


def _several(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=50), "wife": Person(age=49, sex=2, spouse="self"), "son": Person(age=24, father="self"),
              "girl": Person(age=15, sex=2, father="self"), "brother": Person(age=47, apart=True)}  # fmt: skip
    words = [word for word in people if word != "brother"]
    for grade, count in (("red", 4), ("orange", 3), ("yellow", 2)):
        rows = [_certificate(day, 4, word) for word in words[:count]]
        yield Story(f"{count} disabled", {"S03-E03": grade}, people=people, rows=rows)
    expired = [_certificate(day, 4), _certificate(day, 1, "wife", cert_status=2)]
    yield Story("one of two certificates has expired", {"S03-E03": None}, people=people, rows=expired)
    elsewhere = [_certificate(day, 2), _certificate(day, 2, "brother")]
    yield Story("the other lives elsewhere", {"S03-E03": None}, people=people, rows=elsewhere)
    for status, what in ((2, "moved away"), (3, "died")):
        couple = {"self": people["self"], "wife": Person(age=49, sex=2, hukou_status=status)}
        yield Story(
            f"the other {what}", {"S03-E03": None}, people=couple, rows=[_certificate(day, 2), _certificate(day, 2, "wife")]
        )


def _jobless(day: Days) -> Iterator[Story]:
    def paid(month: int, status: int = 1) -> Row:
        return row("hr_pension_contribution", "self", pay_month=day.month(month), pay_status=status, contribution_base="4000")

    def told(title: str, grade: str | None, rows: list[Row], person: Person = Person(age=38), **more: Any) -> Story:
        return Story(title, {"S03-E04": grade}, people={"self": person}, rows=rows, **more)

    grave = _certificate(day, 2)
    yield told("never insured", "orange", [grave])
    yield told("last paid seven months ago", "orange", [grave, paid(-7), paid(-1, status=2)])
    yield told("on the margin of dibao", "orange", [grave], edge=True)
    yield told("last paid six months ago", None, [grave, paid(-6)])
    yield told("has dibao", None, [grave], dibao=True)
    yield told("has tekun", None, [grave], tekun=True)
    yield told("disabled to a middling degree", None, [_certificate(day, 3)])
    yield told("the certificate is revoked", None, [_certificate(day, 2, cert_status=3)])
    yield told("sixteen today", "orange", [grave], Person(born=day.ago(years=16)))
    yield told("not sixteen yet", None, [grave], Person(born=day.ago(years=16, days=-3)))
    yield told("not sixty yet", "orange", [grave], Person(born=day.ago(years=60, days=-3)))
    yield told("sixty today", None, [grave], Person(born=day.ago(years=60)))


def _cared_for_by_the_old(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, mother: Person, level: int = 1, **others: Person) -> Story:
        people = {"self": Person(age=41, mother="mother"), "mother": mother, **others}
        return Story(title, {"S03-E05": grade}, people=people, rows=[_certificate(day, level)])

    yield told("an old mother", "yellow", Person(age=68, sex=2))
    yield told("a mother who is sixty today", "yellow", Person(born=day.ago(years=60), sex=2))
    yield told("a mother not sixty yet", None, Person(born=day.ago(years=60, days=-3), sex=2))
    yield told("both very old", "orange", Person(age=76, sex=2), father=Person(born=day.ago(years=75)))
    yield told("the father not quite so old", "yellow", Person(age=76, sex=2), father=Person(born=day.ago(years=75, days=-3)))
    yield told("a brother can help", None, Person(age=76, sex=2), brother=Person(age=45, mother="mother"))
    yield told("the brother has moved out", "orange", Person(age=76, sex=2), brother=Person(age=45, mother="mother", apart=True))
    yield told("the brother died", "orange", Person(age=76, sex=2), brother=Person(age=45, mother="mother", hukou_status=3))
    yield told("the mother died", None, Person(age=76, sex=2, hukou_status=3))
    yield told("not severely disabled", None, Person(age=76, sex=2), level=3)
    yield Story("severely disabled and alone", {"S03-E05": None}, rows=[_certificate(day, 1)])


def _rehabilitation(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *bills: tuple[str, Any]) -> Story:
        rows = [row("dpf_rehab_subsidy", "self", self_pay_amount=amount, pay_date=when) for amount, when in bills]
        return Story(title, {"S03-E06": grade}, people={"self": Person(age=5)}, rows=rows)

    inside, outside = day.ago(months=12, days=-1), day.ago(months=12)
    for grade, amount in (("red", "22000"), ("orange", "12000"), ("yellow", "7000"), ("blue", "2000"), (None, "1999.99")):
        yield told(f"8000 and {amount} for training", grade, (amount, day.as_of), ("8000", inside))
    yield told("an older bill is out of the year", None, ("9000", inside), ("9000", outside))


def _certificates_that_end(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, valid_to: Any, allowance: str = "living", status: int = 1) -> Story:
        paid: Mapping[str, Any] = {"allowance_status": status, "monthly_amount": "170"}
        rows = [_certificate(day, 2, valid_to=valid_to), row(f"civil_disability_{allowance}_allowance", "self", **paid)]
        return Story(title, {"S03-E07": grade}, rows=rows)

    yield told("ends in 59 days", "blue", day.ahead(days=59))
    yield told("ends today", "blue", day.as_of, "nursing")
    yield told("ends in sixty days", None, day.ahead(days=60))
    yield told("ended yesterday", None, day.ago(days=1))
    yield told("the allowance was stopped", None, day.ahead(days=20), "nursing", 2)
    yield Story("ends soon, no allowance", {"S03-E07": None}, rows=[_certificate(day, 2, valid_to=day.ahead(days=20))])


def _guardians(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=33), "uncle": Person(age=61, apart=True)}
    for grade, days, kind, status in (("red", 89, 6, 1), ("red", 0, 5, 1), (None, 90, 6, 1), (None, 5, 4, 1), (None, 5, 5, 3)):
        rows = [
            _certificate(day, 3, disability_type=kind, guardian_id_no="uncle", cert_status=status),
            row("police_death_cancellation", "uncle", death_date=day.ago(days=days)),
        ]
        title = f"disability of kind {kind}, status {status}, the guardian died {days} days ago"
        yield Story(title, {"S03-E08": grade}, people=people, rows=rows)
    rows = [_certificate(day, 3, disability_type=6), row("police_death_cancellation", "uncle", death_date=day.ago(days=9))]
    yield Story("an uncle died who was no guardian", {"S03-E08": None}, people=people, rows=rows)
