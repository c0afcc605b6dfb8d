"""Django's name for this step; once it is ready it knows where tasks and visits of a family are kept."""

from django.apps import AppConfig


class Files(AppConfig):
    name = "jiuzhu.casework.files"
    label = "files"

    def ready(self) -> None:
        from jiuzhu.casework.files import handled, lanes, steps

        lanes.offer("visits", steps.visits_of)
        lanes.offer("handled", handled.handled_of)
        lanes.offer_tasks(steps.task_of)
