"""Addresses of the desk, each with the operation of catalogue/permissions.csv that it does."""

from django.urls import path

from jiuzhu.casework.accounts.declared import does
from jiuzhu.portals.desk import acting, cases, shell, sign_in, sources, tasks, warnings

urlpatterns = [
    path("", does("desk.open", shell.home), name="home"),
    path("login/", does("session.begin", sign_in.SignIn.as_view()), name="login"),
    path("logout/", does("session.end", sign_in.SignOut.as_view()), name="logout"),
    path("warnings/", does("warnings.list", warnings.page), name="warnings"),
    path("warnings/export.csv", does("warnings.export", warnings.export), name="warnings-export"),
    path("warnings/release/", does("warnings.release", acting.release), name="warnings-release"),
    path("warnings/snooze/", does("warnings.snooze", acting.snooze), name="warnings-snooze"),
    path("warnings/transfer/", does("warnings.transfer", acting.transfer), name="warnings-transfer"),
    path("warnings/take-back/", does("warnings.take_back", acting.take_back), name="warnings-take-back"),
    path("warnings/hints/read/", does("hints.settle", acting.read_hints), name="hints-read"),
    path("warnings/hints/settle/", does("hints.settle", acting.settle_hints), name="hints-settle"),
    path("warnings/<str:warning_id>/", does("warnings.read", warnings.page), name="warning"),
    path("warnings/<str:warning_id>/reopen/", does("warnings.reopen", acting.reopen), name="warning-reopen"),
    path("filters/<int:number>/remove/", does("filters.save", acting.remove_filter), name="remove-filter"),
    path("filters/<str:of>/", does("filters.save", acting.save_filter), name="save-filter"),
    path("tasks/", does("tasks.read", tasks.page), name="tasks"),
    path("tasks/<str:task_key>/assign/", does("tasks.assign", tasks.assign), name="task-assign"),
    path("tasks/<str:task_key>/take-back/", does("tasks.assign", tasks.take_back), name="task-take-back"),
    path("tasks/<str:task_key>/finish/", does("tasks.finish", tasks.finish), name="task-finish"),
    path("tasks/<str:task_key>/transfer/", does("tasks.transfer", tasks.transfer), name="task-transfer"),
    path("cases/", does("cases.read", cases.page), name="cases"),
    path("cases/<str:case_key>/", does("cases.read", cases.one), name="case"),
    path("cases/<str:case_key>/tag/", does("cases.tag", cases.tag), name="case-tag"),
    path("cases/<str:case_key>/tags/<int:number>/remove/", does("cases.tag", cases.untag), name="case-untag"),
    path("cases/<str:case_key>/confirm/", does("cases.confirm", cases.confirm), name="case-confirm"),
    path("cases/<str:case_key>/plan/", does("cases.plan", cases.write_plan), name="case-plan"),
    path("cases/<str:case_key>/adviser/", does("cases.appoint", cases.appoint), name="case-adviser"),
    path("cases/<str:case_key>/advice/", does("cases.advise", cases.advise), name="case-advice"),
    path("cases/<str:case_key>/transfer/", does("cases.transfer", cases.transfer), name="case-transfer"),
    path("cases/<str:case_key>/close/", does("cases.close", cases.close), name="case-close"),
    path("data/", does("sources.read", sources.page), name="data"),
    path("data/<str:comparison>/", does("sources.conflicts", sources.conflicts), name="conflicts"),
]
