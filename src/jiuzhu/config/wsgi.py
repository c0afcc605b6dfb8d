"""The application a web server runs."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.config.settings")
application = get_wsgi_application()
# An address without an operation, or a field without a level, stops the start.
call_command("check")
