"""The one door of the registry: deliver, run, look, explain. What comes out is plain: frozen values and rows of text."""

from __future__ import annotations

from jiuzhu.registry.calibration.book import Decision, Proposal, ProposalRefused, Tendency
from jiuzhu.registry.calibration.by_hand import Counts
from jiuzhu.registry.calibration.decided import ProposalStanding
from jiuzhu.registry.calibration.evidence import Outcome, OutcomeRefused, Share
from jiuzhu.registry.calibration.proposals import MadeProposals
from jiuzhu.registry.comparison.of_family import Stated, Word
from jiuzhu.registry.comparison.quality import SourceQuality
from jiuzhu.registry.comparison.retracted import RestedOn
from jiuzhu.registry.comparison.told import ComparisonCount, SideBySide
from jiuzhu.registry.goals.measured import Goals
from jiuzhu.registry.ingest.due import DueCheck, DueDataset
from jiuzhu.registry.ingest.faults import REASONS, FileRefused
from jiuzhu.registry.ingest.held import Finding, HeldDelivery, NotToBeCut, Sample
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.strip import DueBox, Strip
from jiuzhu.registry.ingest.verdicts import VerdictNotAllowed
from jiuzhu.registry.ingest.workspace import WorkspaceBusy
from jiuzhu.registry.profile.examples import ExampleFault
from jiuzhu.registry.public.alone import Received, Receiving, receiving
from jiuzhu.registry.public.arrived import deliver, deliveries, due, quarantine, verdict
from jiuzhu.registry.public.asked import Entry, entries, household, looked_at
from jiuzhu.registry.public.compared import comparisons, conflicts, rested_on_retracted, side_by_side, sources
from jiuzhu.registry.public.declared import (
    ENGINES,
    NATIONAL,
    boundaries,
    catalogue,
    division_name,
    divisions,
    run_examples,
    working_days,
)
from jiuzhu.registry.public.differed import Changed, Found, difference, history, loads, screenings, tallies
from jiuzhu.registry.public.evaluated import issued, joined_at, latency, look, run, stream, stream_size
from jiuzhu.registry.public.families import (
    Family,
    Identity,
    cross_checked,
    families_listed,
    family_keys,
    family_numbers,
    family_of_key,
    household_of,
    identities,
    invented_resident,
    near_households,
    read_family,
    recognised,
)
from jiuzhu.registry.public.flagged import (
    counts,
    explain,
    largest_township,
    names,
    review,
    subjects,
    unlinked,
    warnings,
    write_parquet,
)
from jiuzhu.registry.public.measured import goals
from jiuzhu.registry.public.opened import catalogue_of, current, is_invented, mark_invented, release, releases
from jiuzhu.registry.public.refusals import REFUSALS, NoComparison, NoDataset, NoDelivery, NoPerson
from jiuzhu.registry.public.steward import (
    Counter,
    RejectedRows,
    counter,
    coverage,
    held,
    rejected,
    strips,
    take_trusted,
    undecided,
)
from jiuzhu.registry.public.tried import (
    decide_proposal,
    proposals,
    propose,
    propose_by_hand,
    rule_from,
    shadow_counts,
    tendencies,
    what_if,
    what_if_by_group,
)
from jiuzhu.registry.public.verified import (
    Many,
    NotAuthorised,
    Told,
    Warrant,
    people_of,
    person_of,
    signed_under,
    verification,
    verification_of_many,
)
from jiuzhu.registry.release.covered import Covered, Undecided
from jiuzhu.registry.release.explained import Explanation, Gap, NoWarning, Row
from jiuzhu.registry.release.family import FactTold, Obligor
from jiuzhu.registry.release.folder import NoRelease
from jiuzhu.registry.release.groups import GroupCount
from jiuzhu.registry.release.household import Household, KnownRow, NoHousehold
from jiuzhu.registry.release.listed import WARNING_COLUMNS
from jiuzhu.registry.release.listed_families import Listed
from jiuzhu.registry.release.make import HouseholdNotKnown
from jiuzhu.registry.release.near import Near
from jiuzhu.registry.release.recognised import Recognised
from jiuzhu.registry.release.reports import Delivery, RunReport, Summary
from jiuzhu.registry.release.what_if import NotToBeTried, OtherNumber, OtherRule, WhatIf
from jiuzhu.registry.stream.door import LookReport, StreamEntry
from jiuzhu.registry.stream.issued import Count, Issued
from jiuzhu.registry.stream.latency import Latency

__all__ = [
    "ENGINES",
    "NATIONAL",
    "REASONS",
    "REFUSALS",
    "WARNING_COLUMNS",
    "Changed",
    "ComparisonCount",
    "Count",
    "Counter",
    "Counts",
    "Covered",
    "Decision",
    "Delivery",
    "DeliveryReport",
    "DueBox",
    "DueCheck",
    "DueDataset",
    "Entry",
    "ExampleFault",
    "Explanation",
    "FactTold",
    "Family",
    "FileRefused",
    "Finding",
    "Found",
    "Gap",
    "Goals",
    "GroupCount",
    "HeldDelivery",
    "Household",
    "HouseholdNotKnown",
    "Identity",
    "Issued",
    "KnownRow",
    "Latency",
    "Listed",
    "LookReport",
    "MadeProposals",
    "Many",
    "Near",
    "NoComparison",
    "NoDataset",
    "NoDelivery",
    "NoHousehold",
    "NoPerson",
    "NoRelease",
    "NoWarning",
    "NotAuthorised",
    "NotToBeCut",
    "NotToBeTried",
    "Obligor",
    "OtherNumber",
    "OtherRule",
    "Outcome",
    "OutcomeRefused",
    "Proposal",
    "ProposalRefused",
    "ProposalStanding",
    "Received",
    "Receiving",
    "Recognised",
    "RejectedRows",
    "RestedOn",
    "Row",
    "RunReport",
    "Sample",
    "Share",
    "SideBySide",
    "SourceQuality",
    "Stated",
    "StreamEntry",
    "Strip",
    "Summary",
    "Tendency",
    "Told",
    "Undecided",
    "VerdictNotAllowed",
    "Warrant",
    "WhatIf",
    "Word",
    "WorkspaceBusy",
    "boundaries",
    "catalogue",
    "catalogue_of",
    "comparisons",
    "conflicts",
    "counter",
    "counts",
    "coverage",
    "cross_checked",
    "current",
    "decide_proposal",
    "deliver",
    "deliveries",
    "difference",
    "division_name",
    "divisions",
    "due",
    "entries",
    "explain",
    "families_listed",
    "family_keys",
    "family_numbers",
    "family_of_key",
    "goals",
    "held",
    "history",
    "household",
    "household_of",
    "identities",
    "invented_resident",
    "is_invented",
    "issued",
    "joined_at",
    "largest_township",
    "latency",
    "loads",
    "look",
    "looked_at",
    "mark_invented",
    "names",
    "near_households",
    "people_of",
    "person_of",
    "proposals",
    "propose",
    "propose_by_hand",
    "quarantine",
    "read_family",
    "receiving",
    "recognised",
    "rejected",
    "release",
    "releases",
    "rested_on_retracted",
    "review",
    "rule_from",
    "run",
    "run_examples",
    "screenings",
    "shadow_counts",
    "side_by_side",
    "signed_under",
    "sources",
    "stream",
    "stream_size",
    "strips",
    "subjects",
    "take_trusted",
    "tallies",
    "tendencies",
    "undecided",
    "unlinked",
    "verdict",
    "verification",
    "verification_of_many",
    "warnings",
    "what_if",
    "what_if_by_group",
    "working_days",
    "write_parquet",
]
