"""What a caller can mend; a command or a page shows it without a trace."""

from __future__ import annotations

from jiuzhu.crypto.keys import KeyMissing, KeyWrong
from jiuzhu.engines.sql.spark_settings import SparkMissing, WrongSettings
from jiuzhu.registry.calibration.book import ProposalRefused
from jiuzhu.registry.calibration.evidence import OutcomeRefused
from jiuzhu.registry.identity.weights import WrongWeights
from jiuzhu.registry.ingest.faults import FileRefused
from jiuzhu.registry.ingest.held import NotToBeCut
from jiuzhu.registry.ingest.verdicts import VerdictNotAllowed
from jiuzhu.registry.ingest.workspace import WorkspaceBusy, WorkspaceFull
from jiuzhu.registry.release.explained import NoWarning
from jiuzhu.registry.release.folder import NoRelease
from jiuzhu.registry.release.household import NoHousehold
from jiuzhu.registry.release.make import HouseholdNotKnown
from jiuzhu.registry.release.what_if import NotToBeTried
from jiuzhu.registry.stream.log import StreamBroken
from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.vocabulary.working_days import YearNotLoaded


class NoDataset(LookupError):
    """A dataset the catalogue does not have."""


class NoDelivery(Exception):
    """A delivery that was never accepted."""


class NoComparison(LookupError):
    """A comparison the catalogue of the release does not declare."""


class NoPerson(LookupError):
    """Nobody of the release has that number, or lives where it was asked for."""


REFUSALS = (
    FileRefused,
    NoComparison,
    NoDataset,
    NoDelivery,
    NoPerson,
    WorkspaceBusy,
    WorkspaceFull,
    NoRelease,
    NoWarning,
    HouseholdNotKnown,
    NoHousehold,
    NotToBeCut,
    NotToBeTried,
    OutcomeRefused,
    ProposalRefused,
    StreamBroken,
    VerdictNotAllowed,
    CatalogueFaults,
    WrongWeights,
    WrongSettings,
    SparkMissing,
    KeyMissing,
    KeyWrong,
    YearNotLoaded,
)
