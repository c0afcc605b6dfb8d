"""Who may do what, written by hand from the duties of each role: the judge of catalogue/permissions.csv, never made from it.

A line: role | purpose | highest level | where | at most | operations. `where`: `below` is the role's division and all in it, `here`
the division alone, `above` those it lies in, `beside` its neighbours, `far` other cities and provinces, `task` what a task leads to,
`kin` what concerns one's own kin, `me` what is one's own, `mandate` of whom one stands for, `machine` whoever has a shell on it. `at most`: people or
households in one act. `operation@state`: only in that state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LINES = """
anyone | own_account | open | me | | session.begin session.end factors.enrol help.read
anyone | own_account | internal | me | | account.read
anyone | own_account | personal | me | | kin.declare
anyone | own_account | open | me | | publications.see publications.object
anyone | own_account | personal | me | | verification.sign
anyone | own_account | open | me | | verification.check
anyone | service | open | me | | clients.ask

township_officer | casework | sensitive | below | 1 | applications.draft applications.save applications.attach
township_officer | casework | sensitive | below task | 1 | applications.read documents.read
township_officer | casework | personal | below | | applications.list
township_officer | casework | internal | below | | applications.count
township_officer | casework | internal | here | | tickets.call
township_officer | casework | internal | here | | desk.open
township_officer | casework | sensitive | below | | notices.read grievances.read
township_officer | casework | personal | below | | publications.read messages.read grievances.assign@open
township_officer | casework | personal | below | 1 | notices.serve publications.end
township_officer | casework | sensitive | below | 1 | grievances.lodge grievances.answer@open
township_officer | monitoring | sensitive | below | | warnings.list warnings.read
township_officer | monitoring | personal | below | | warnings.export warnings.snooze@open sources.conflicts
township_officer | monitoring | personal | below | | families.list
township_officer | monitoring | personal | below | 5000 | warnings.release@open
township_officer | monitoring | internal | below | | sources.read overview.read screenings.read
township_officer | monitoring | internal | below | | overview.export
township_officer | monitoring | internal | here above | | indicators.read
township_officer | casework | sensitive | below task | | tasks.read visits.read cases.read
township_officer | casework | sensitive | below task | 1 | visits.record@open family.open
township_officer | casework | sensitive | below task | 1 | family.reveal
township_officer | casework | sensitive | below task | 1 | visits.correct
township_officer | casework | internal | below | | visits.count yields.read duties.read
township_officer | casework | sensitive | below | | referrals.read
township_officer | casework | sensitive | task | 1 | referrals.answer@open
township_officer | casework | sensitive | below | 1 | cases.open cases.close@open referrals.make
township_officer | casework | personal | below | | tasks.assign@open tasks.transfer@open family.search_names
township_officer | casework | personal | below beside far | 1 | family.find_by_number
township_officer | emergency | sensitive | beside far | 1 | family.open_elsewhere
township_officer | casework | internal | kin | 1 | tasks.hand_over@open
township_officer | casework | personal | below | 1 | mandates.give mandates.end
township_officer | casework | personal | below | 1 | looks.tell
township_officer | casework | sensitive | below task | 1 | verification.authorise verification.withdraw verification.request
township_officer | casework | sensitive | below task | 1 | verification.read verification.issue verification.object
township_officer | casework | internal | below | | verification.sources
township_officer | casework | internal | below | | roles.delegate
township_officer | monitoring | personal | below | | warnings.take_back@open warnings.transfer@open hints.settle@open
township_officer | casework | personal | below task | 1 | tasks.finish@open
township_officer | casework | sensitive | below | 1 | cases.confirm@open cases.tag@open cases.plan@open cases.transfer@open cases.appoint@open
township_officer | casework | internal | here | | filters.save
township_officer | casework | personal | below | 1 | payees.propose
township_officer | casework | internal | below above | | rules.read
township_officer | monitoring | internal | task | | reminders.read reminders.see@new reminders.subscribe
township_officer | monitoring | personal | below | | outreach.read outreach.export
township_officer | casework | sensitive | below | 1 | application.submit application.supply application.withdraw
township_officer | casework | sensitive | below | 1 | application.ask application.accept application.decline application.finish
township_officer | casework | sensitive | below | 1 | dibao.propose dibao.publish dibao.dispute dibao.report dibao.hear dibao.keep
township_officer | casework | sensitive | below | 1 | tekun.propose tekun.publish tekun.dispute tekun.report tekun.hear tekun.keep
township_officer | casework | sensitive | below | 1 | near_dibao.propose near_dibao.report near_dibao.hear near_dibao.keep
township_officer | casework | sensitive | below | 1 | rigid.propose rigid.report rigid.hear rigid.keep
township_officer | casework | sensitive | below | 1 | temporary_assistance.propose temporary_assistance.publish
township_officer | casework | sensitive | below | 1 | temporary_assistance.dispute temporary_assistance.report
township_officer | casework | sensitive | below | 1 | small_fast_relief.propose small_fast_relief.confirm
township_officer | casework | sensitive | below | 1 | small_fast_relief.refuse small_fast_relief.document
resident | casework | sensitive | me mandate | 1 | tekun.dispute temporary_assistance.dispute

resident | casework | sensitive | me | 1 | applications.draft documents.read
resident | casework | sensitive | me mandate | 1 | applications.save applications.attach applications.read
resident | casework | sensitive | me mandate | 1 | application.submit application.supply application.withdraw dibao.dispute
resident | casework | sensitive | me mandate | 1 | own.read
resident | own_account | personal | me mandate | 1 | own.looks
resident | casework | sensitive | me mandate | | notices.read grievances.read
resident | casework | sensitive | me mandate | 1 | grievances.lodge
resident | casework | personal | me mandate | 1 | notices.serve
station_worker | casework | sensitive | below | 1 | application.submit application.supply application.withdraw
grid_worker | casework | sensitive | below | 1 | application.submit application.supply application.withdraw

county_officer | casework | sensitive | below | 1 | dibao.dispute dibao.return dibao.confirm dibao.refuse dibao.cut dibao.end
county_officer | casework | sensitive | below | 1 | applications.draft applications.save applications.attach
county_officer | casework | sensitive | below task | 1 | applications.read documents.read
county_officer | casework | personal | below | | applications.list
county_officer | casework | internal | below | | applications.count
county_officer | casework | sensitive | below | 1 | tekun.dispute tekun.return tekun.confirm tekun.refuse tekun.cut tekun.end
county_officer | casework | sensitive | below | 1 | near_dibao.return near_dibao.confirm near_dibao.refuse near_dibao.end
county_officer | casework | sensitive | below | 1 | rigid.return rigid.confirm rigid.refuse rigid.end
county_officer | casework | sensitive | below | 1 | temporary_assistance.dispute temporary_assistance.return
county_officer | casework | sensitive | below | 1 | temporary_assistance.confirm temporary_assistance.refuse
county_officer | casework | sensitive | below | | dibao.raise tekun.raise
county_officer | casework | sensitive | below | 1 | dibao.increase tekun.increase dibao.lapse tekun.lapse near_dibao.lapse rigid.lapse
county_officer | casework | sensitive | below | 1 | recovery.drop recovery.decide recovery.replan recovery.receive recovery.settle
county_officer | casework | sensitive | below | 1 | recovery.write_off recovery.reopen
county_officer | casework | personal | below | | recoveries.find
county_officer | casework | sensitive | below | | recoveries.read
township_officer | casework | sensitive | below | | recoveries.read
township_officer | casework | sensitive | below | 1 | recovery.hear
township_officer | casework | sensitive | below | 1 | review.check review.unchanged review.change review.drop
township_officer | casework | sensitive | below | | reviews.read
township_officer | casework | sensitive | below | 1 | reviews.begin life.enter
county_officer | casework | sensitive | below | | reviews.read
county_officer | casework | sensitive | below | 1 | reviews.begin life.enter
auditor | supervision | personal | below | | reviews.read
auditor | supervision | personal | below | | recoveries.read
county_officer | casework | internal | here | | desk.open
county_officer | casework | sensitive | below | | notices.read grievances.read
county_officer | casework | personal | below | | publications.read messages.read grievances.assign@open
county_officer | casework | personal | below | 1 | notices.serve publications.end
county_officer | casework | sensitive | below | 1 | grievances.lodge grievances.answer@open
county_officer | monitoring | sensitive | below | | warnings.list warnings.read
county_officer | monitoring | personal | below | | warnings.export warnings.snooze@open warnings.reopen@closed sources.conflicts
county_officer | monitoring | personal | below | | families.list
county_officer | monitoring | personal | below | 50000 | warnings.release@open
county_officer | monitoring | internal | below | | sources.read sources.retracted overview.read screenings.read
county_officer | monitoring | internal | below | | overview.export
county_officer | monitoring | internal | here above | | indicators.read
county_officer | casework | sensitive | below task | | tasks.read visits.read cases.read
county_officer | casework | sensitive | task | 1 | referrals.answer@open
county_officer | casework | sensitive | below task | 1 | visits.record@open family.open
county_officer | casework | sensitive | below task | 1 | family.reveal
county_officer | casework | sensitive | below task | 1 | visits.correct
county_officer | casework | internal | below | | visits.count yields.read duties.read
county_officer | casework | sensitive | below | | referrals.read
county_officer | casework | sensitive | below | 1 | cases.open cases.close@open referrals.make family.export
county_officer | casework | personal | below | | tasks.assign@open tasks.transfer@open family.search_names
county_officer | casework | personal | below beside far | 1 | family.find_by_number
county_officer | emergency | sensitive | beside far | 1 | family.open_elsewhere
county_officer | casework | internal | kin | 1 | tasks.hand_over@open
county_officer | casework | personal | below | 1 | mandates.give mandates.end
county_officer | casework | personal | below | 1 | looks.tell people.erase
county_officer | casework | internal | below | | roles.delegate
county_officer | monitoring | personal | below | | warnings.take_back@open warnings.transfer@open hints.settle@open
county_officer | monitoring | personal | below | 1 | warnings.replace@open
county_officer | casework | personal | below task | 1 | tasks.finish@open
county_officer | casework | sensitive | below | 1 | cases.confirm@open cases.tag@open cases.plan@open cases.transfer@open cases.appoint@open
county_officer | casework | personal | below | | cases.registered_here
county_officer | casework | internal | here | | filters.save
county_officer | casework | sensitive | below | | decisions.read decisions.act
county_officer | casework | sensitive | below task | 1 | verification.authorise verification.withdraw verification.request
county_officer | casework | sensitive | below task | 1 | verification.read verification.issue verification.object
county_officer | casework | internal | below | | verification.sources
county_officer | casework | sensitive | below | 1 | verification.answer
county_officer | casework | sensitive | below | 1 | conferences.hold
township_officer | casework | sensitive | below | | decisions.read decisions.act
township_officer | casework | sensitive | below | 1 | conferences.hold
county_officer | casework | personal | below | | grants.decide payees.look payments.read payments.draw payments.hold payments.make
county_officer | casework | personal | below | | payments.check payments.again payments.exception budgets.give
county_officer | casework | personal | below | 1 | payees.propose
county_officer | casework | internal | below above | | rules.read
county_officer | policy | internal | below | | rules.propose
county_officer | monitoring | internal | below task | | reminders.read reminders.subscribe
county_officer | monitoring | internal | task | | reminders.see@new
county_officer | monitoring | personal | below | | outreach.read outreach.export
county_officer | casework | internal | here | | reconciliations.read
county_officer | policy | internal | below | | what_if.run proposals.make shadows.run
county_officer | policy | internal | below above | | proposals.read
county_officer | supervision | internal | below | | events.read
county_officer | supervision | personal | below | | emergencies.read
county_officer | supervision | personal | below | 1 | emergencies.see@waiting

policy_officer | policy | internal | below | | applications.count
policy_officer | policy | internal | here | | desk.open
policy_officer | policy | internal | below | | warnings.list warnings.read warnings.export warnings.count cases.read
policy_officer | policy | internal | below | | sources.read overview.read what_if.run proposals.make proposals.decide@proposed roles.delegate
policy_officer | policy | internal | below | | overview.export
policy_officer | policy | internal | below | | shadows.run screenings.read
policy_officer | policy | internal | below above | | proposals.read
policy_officer | policy | internal | below | | yields.read duties.read
policy_officer | policy | internal | here above | | indicators.read
policy_officer | policy | internal | here | | filters.save
policy_officer | policy | internal | below above | | rules.read
policy_officer | policy | internal | below | | tasks.read rules.propose rules.decide@proposed outreach.read
policy_officer | policy | internal | here | | reconciliations.read

data_steward | data_quality | internal | here | | desk.open
data_steward | data_quality | internal | below | | sources.read sources.retracted deliveries.read deliveries.decide@held keys.read overview.read
data_steward | data_quality | internal | below | | overview.export verification.sources clients.read clients.register clients.suspend
data_steward | data_quality | personal | below | | sources.conflicts quarantine.read quarantine.answer@open quarantine.return
data_steward | data_quality | internal | below | | screenings.read
data_steward | data_quality | sensitive | below | | deliveries.hand_in
data_steward | data_quality | internal | here above | | indicators.read
data_steward | data_quality | internal | task | | tasks.read
data_steward | data_quality | internal | task | 1 | tasks.finish@open
data_steward | data_quality | internal | below above | | rules.read
data_steward | data_quality | internal | here | | reconciliations.read

department_officer | service | internal | here | | desk.open
department_officer | service | sensitive | task | | referrals.read
department_officer | service | sensitive | task | 1 | referrals.answer@open family.open
department_officer | service | personal | here | | quarantine.read quarantine.answer@open
department_officer | service | internal | task | | reminders.read reminders.see@new reminders.subscribe

auditor | supervision | sensitive | below | 1 | verification.read
auditor | supervision | personal | below | | payments.read
auditor | supervision | personal | below | | notices.read publications.read messages.read grievances.read
auditor | supervision | internal | here | | desk.open
auditor | supervision | sensitive | below | | warnings.list warnings.read visits.read cases.read
auditor | supervision | sensitive | below | 1 | family.open
auditor | supervision | personal | below | | warnings.export tasks.read referrals.read
auditor | supervision | personal | below | | families.list cases.registered_here
auditor | supervision | personal | below | 1 | family.export
auditor | supervision | internal | below | | warnings.count sources.read sources.retracted deliveries.read keys.read overview.read
auditor | supervision | internal | below | | overview.export clients.read
auditor | supervision | internal | below | | visits.count yields.read duties.read
auditor | supervision | internal | below | | events.read events.verify events.export screenings.read
auditor | supervision | personal | below | | emergencies.read oddities.read
auditor | supervision | personal | below | 1 | emergencies.see@waiting oddities.answer@open events.trace
auditor | supervision | personal | below | | incidents.list
auditor | supervision | personal | below | 1 | looks.tell investigations.begin investigations.release
auditor | supervision | internal | here above | | indicators.read
auditor | supervision | internal | below above | | proposals.read
auditor | supervision | internal | here | | filters.save
auditor | supervision | internal | below above | | rules.read
auditor | supervision | internal | here | | reconciliations.read

grid_worker | casework | sensitive | below | 1 | applications.draft applications.save applications.attach
grid_worker | casework | sensitive | task | 1 | applications.read
grid_worker | casework | internal | here | | desk.open
grid_worker | casework | personal | task | | tasks.read visits.read
grid_worker | casework | personal | task | 1 | visits.record@open family.open
grid_worker | casework | personal | task | 1 | tasks.finish@open
grid_worker | casework | personal | task | 1 | visits.correct
grid_worker | casework | internal | kin | 1 | tasks.hand_over@open
grid_worker | casework | personal | task | | needs.read

surveyor | casework | internal | here | | desk.open
surveyor | casework | personal | task | | tasks.read visits.read
surveyor | casework | personal | task | 1 | visits.record@open
surveyor | casework | personal | task | 1 | visits.correct
surveyor | casework | sensitive | task | 1 | family.open
surveyor | casework | personal | task | 1 | tasks.finish@open
surveyor | casework | internal | kin | 1 | tasks.hand_over@open

adviser | casework | internal | here | | desk.open
adviser | casework | sensitive | task | | cases.read
adviser | casework | sensitive | task | 1 | cases.advise@open

station_worker | casework | sensitive | below | 1 | applications.draft applications.save applications.attach
station_worker | casework | sensitive | task | 1 | applications.read
station_worker | casework | internal | here | | tickets.call
station_worker | casework | internal | here | | desk.open
station_worker | casework | personal | below | | needs.read

society_partner | service | open | here | | desk.open
society_partner | service | open | below | | needs.read

system_administrator | administration | internal | here | | desk.open
system_administrator | administration | internal | below | | places.draw offices.open accounts.open accounts.close accounts.read

security_administrator | administration | internal | here | | desk.open
security_administrator | administration | internal | below | | roles.assign roles.end keys.read keys.propose keys.confirm
security_administrator | administration | internal | below | | accounts.read accounts.bind factors.open
security_administrator | administration | internal | below | | clients.read clients.open clients.suspend

audit_administrator | administration | internal | here | | desk.open
audit_administrator | administration | internal | below | | events.read events.verify events.export
audit_administrator | administration | internal | below | | accounts.read oddities.read

console | | sensitive | machine | | warnings.read warnings.export sources.conflicts deliveries.hand_in quarantine.read
console | | internal | machine | | warnings.count sources.read sources.retracted deliveries.read deliveries.decide keys.read keys.propose
console | | internal | machine | | keys.confirm family.assess what_if.run proposals.read proposals.make proposals.decide events.verify
console | | internal | machine | | monitoring.run catalogue.check county.invent platform.serve offices.open accounts.open roles.assign
console | | internal | machine | | worker.run yields.read
console | | sensitive | machine | | verification.batch
console | | internal | machine | | incidents.list
console | | personal | machine | 1 | looks.tell
console | | internal | machine | | factors.open factors.show oddities.find
"""

# Where a thing stands, seen from the county 370502; "task", "kin", "me" and "mandate" stand far away, so that only they can open it.
SITUATIONS = {
    "own": "370502",
    "child": "370502001",
    "village below": "370502001001",
    "grid below": "370502001001007",
    "sibling": "370503",
    "village of a sibling": "370503001001",
    "parent": "370500",
    "province above": "370000",
    "nation": "000000",
    "other city": "370102",
    "other province": "320102",
    "no division": "",
    "task": "320102",
    "me": "320102",
    "mandate": "320102",
    "kin": "370502001001",
    "kin with a task": "370502001001",
}
WHERE = {
    "here": ("own",),
    "below": ("own", "child", "village below", "grid below"),
    "above": ("parent", "province above", "nation"),
    "beside": ("sibling", "village of a sibling"),
    "far": ("other city", "other province", "task", "me", "mandate"),
    "task": ("task",),
    "me": ("me",),
    "mandate": ("mandate",),
    "kin": ("kin", "kin with a task"),
    "machine": tuple(name for name in SITUATIONS if not name.startswith("kin")),
}


@dataclass(frozen=True)
class Expected:
    purpose: str
    level: str
    at_most: int | None
    state: str


def expected() -> dict[tuple[str, str, str], Expected]:
    """(role, operation, situation) to what is granted there; what is not in it is refused."""
    granted: dict[tuple[str, str, str], Expected] = {}
    for role, purpose, level, where, most, operations in _lines():
        for named in operations.split():
            operation, _, state = named.partition("@")
            for place in where.split():
                for situation in WHERE[place]:
                    key = (role, operation, situation)
                    one = Expected(purpose, level, int(most) if most else None, state)
                    assert granted.setdefault(key, one) == one, f"{key} is there twice"
    return granted


def _lines() -> Iterator[list[str]]:
    for line in LINES.strip().splitlines():
        if line:
            yield [part.strip() for part in line.split("|")]
