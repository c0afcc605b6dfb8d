"""The electronic file of a case leaves as one zip that can be checked without the platform."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiuzhu.casework.cases import queries
from jiuzhu.casework.keeping import archives
from jiuzhu.portals.desk.posted import instant, viewer


@require_GET
def take(request: HttpRequest, case_key: str) -> HttpResponse:
    case = queries.case(viewer=viewer(request), key=case_key, at=instant(request))
    if case is None:
        raise Http404
    made = archives.archive(case=case, viewer=viewer(request), at=instant(request))
    answer = HttpResponse(archives.zipped(made, at=instant(request)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{case.key}.zip"'
    return answer
