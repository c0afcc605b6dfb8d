"""Everything that is wrong in catalogue folders, as `jiuzhu catalogue check` shows it."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.faults import Fault, nearest, shown
from jiuzhu.rules.words import CHINESE

# Folder to the endings that are read there. Folders other rooms read are known, so that a misspelt one stands out.
_READ = {
    "datasets": (".toml",),
    "facts": (".toml",),
    "relations": (".toml",),
    "derived": (".toml",),
    "tables": (".toml",),
    "codes": (".toml",),
    "indicators": (".toml",),
    "sources": (".toml",),
    "schedules": (".toml",),
    "parameters": (".csv",),
    "forms": (".toml",),
    "files": (".toml",),
    "geo": (".gz",),
    "workflows": (".toml",),
    "programmes": (".toml",),
    "application": (".toml",),
    "verification": (".toml",),
    "items": (".toml",),
}
_OTHERS = ("divisions", "calendar", "places", "linking", "names")
_FILES = (
    *("laws.toml", "scenarios.toml", "linking.toml", "comparisons.toml", "strands.toml", "permissions.toml", "permissions.csv"),
    "events.toml",
    "payments.toml",
    "notices.toml",
    "grievances.toml",
    "life_events.toml",
    "case_tags.toml",
    "keeping.toml",
    "family.toml",
    "application_form.toml",
    "bundles.toml",
    *("outcomes.toml", "needs.toml", "policies.toml", "working_rules.toml", "outreach.toml", "sharing.toml"),
)


def check_folder(*folders: Path) -> list[Fault]:
    """Every fault of these folders read one after the other; empty when they may be used."""
    _, found = read_catalogue(*folders)
    return sorted({*found, *(fault for folder in folders for fault in _unread(folder))})


def _unread(folder: Path) -> list[Fault]:
    """Files nobody would read: nothing in a catalogue is passed over in silence."""
    faults = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.suffix == ".md":
            continue
        if path.is_dir():
            if path.name not in _READ and path.name not in _OTHERS:
                mend = nearest(path.name, [*_READ, *_OTHERS])
                faults.append(Fault(shown(path), 0, "unread", f"folder '{path.name}' is not one of a catalogue", mend))
            endings = _READ.get(path.name, ())
            for file in sorted(path.iterdir()) if endings else ():
                if file.suffix not in endings and file.name != CHINESE and file.suffix != ".md" and not file.name.startswith("."):
                    faults.append(
                        Fault(shown(file), 0, "unread", "this file is not read", f"a file here ends in {' or '.join(endings)}")
                    )
        elif path.suffix in (".toml", ".csv") and path.name not in _FILES:
            mend = "move it into its folder, such as indicators/"
            faults.append(Fault(shown(path), 0, "unread", "this file is not read", mend))
    return faults
