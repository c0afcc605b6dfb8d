"""The file of a case leaves whole, signed, and can be checked by whoever has nothing but common tools."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import hearings
from jiuzhu.casework.decisions.hearings import Heard
from jiuzhu.casework.keeping import archives
from jiuzhu.casework.trace.models import Event
from tests.support.officers import officer
from tests.support.reviewing import NOW, Helped

pytestmark = pytest.mark.django_db


def checked(folder: Path) -> tuple[int, int]:
    """What the two commands of CHECK.txt say: 0 where everything holds."""
    sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, capture_output=True)
    asked = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "index.json",
        "-sigfile",
        "index.sig",
    ]
    return sums.returncode, subprocess.run(asked, cwd=folder, capture_output=True).returncode


@pytest.mark.feature("SF120", "SF183")
def test_the_whole_file_is_checked_without_the_platform_and_one_changed_letter_is_found_out(tmp_path: Path) -> None:
    room = Helped()
    item = room.family()
    heard = Heard("end", "at_home", NOW.date(), "the wife", "income rose", "she agrees")
    hearings.hear(item=item, heard=heard, by=room.clerk, at=NOW)
    hearings.end(item=room.again(item), because="income above the standard", by=room.reviewer, at=NOW)
    Case.objects.filter(pk=item.case_id).update(state="closed", closed_at=NOW, outcome="out_of_difficulty")
    case = Case.objects.get(pk=item.case_id)
    with pytest.raises(NotAllowed):
        archives.archive(case=case, viewer=officer("far", "county_officer", "370503"), at=NOW)
    made = archives.archive(case=case, viewer=room.reviewer, at=NOW)
    assert Event.objects.filter(operation="family.export", case_key=case.key, outcome="done").count() == 1
    assert (made.kept_until.year - NOW.year, made.kept_until.month) == (10, 11)  # 120 months from the day it was closed
    content = archives.zipped(made, at=NOW)
    assert content == archives.zipped(made, at=NOW)
    with zipfile.ZipFile(BytesIO(content)) as file:
        file.extractall(tmp_path)
    assert checked(tmp_path) == (0, 0)
    told = json.loads((tmp_path / "index.json").read_text())
    kinds = [one["kind"] for one in told["parts"]]
    # Confirmed and ended: two proposals, two letters, and what belongs to every file.
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "proposal": 2,
        "decision": 1,
        "letter": 2,
        "money": 1,
        "after": 1,
        "record": 1,
    }
    assert [one["number"] for one in told["parts"]] == list(range(1, len(kinds) + 1))
    decided = json.loads((tmp_path / "decision/decisions.json").read_text())
    assert [one["step"] for one in decided["decisions"]] == ["confirm", "end"]
    assert decided["hearings"][0]["said"] == "she agrees"
    acts = [line.split(",")[1] for line in (tmp_path / "record/acts.csv").read_text().splitlines()[1:]]
    assert [one for one in acts if one.startswith("dibao.")] == [
        f"dibao.{step}" for step in ("propose", "publish", "report", "confirm", "hear", "end")
    ]
    whole = (tmp_path / "decision/decisions.json").read_text()
    (tmp_path / "decision/decisions.json").write_text(whole.replace("she agrees", "she agreed"))
    assert checked(tmp_path)[0] != 0
    (tmp_path / "decision/decisions.json").write_text(whole)
    listed = (tmp_path / "index.json").read_text()
    (tmp_path / "index.json").write_text(listed.replace('"number": 1,', '"number": 9,'))
    assert checked(tmp_path)[1] != 0
    assert archives.zipped(archives.archive(case=case, viewer=room.reviewer, at=NOW + timedelta(days=1)), at=NOW) != content
