"""Django's admin, and a plain view with our page: session, six filters, 25 rows. Run with `prepare`, then `serve`."""

import json
import os
import sys
from pathlib import Path

import django
from django import forms
from django.conf import settings
from django.urls import path

HERE = Path(__file__).parent
PAGE, COUNTED_TO = 25, 1000

settings.configure(
    SECRET_KEY="measures only",  # noqa: S106  # signs nothing that lasts
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["PEER_DATABASE"]}},
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "records",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [HERE],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib import admin  # noqa: E402  # only once it is set up
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.test import Client  # noqa: E402
from records.models import GROUPS, STATUSES, Order, Unit  # noqa: E402


class OrderAdmin(admin.ModelAdmin):
    """The columns of our list; the filters that an admin has for them."""

    list_display = ("number", "ordered_on", "product_group", "description", "unit", "status")
    list_filter = ("status", "product_group", "unit")
    list_select_related = ("unit",)
    list_per_page = PAGE
    search_fields = ("number",)


admin.site.register(Order, OrderAdmin)


class Search(forms.Form):
    """The six filters."""

    number = forms.IntegerField(label="Bestillingsnummer:", required=False)
    from_date = forms.DateField(label="Fra dato:", required=False)
    to_date = forms.DateField(label="Til dato:", required=False)
    status = forms.ChoiceField(label="Ordrestatus:", required=False, choices=[(word, word) for word in ("", *STATUSES)])
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Bedrift/avdeling:", required=False)
    product_group = forms.ChoiceField(
        label="Produktgruppe:", required=False, choices=[(word, word) for word in ("", *GROUPS)]
    )


@login_required
def orders(request):
    """The list, held to one customer, with a count that stops where ours does."""
    rows = Order.objects.filter(customer_id=2)
    search = Search(request.GET)
    search.fields["unit"].queryset = Unit.objects.filter(customer_id=2)
    if search.is_valid():
        wanted = search.cleaned_data
        for name, column in (("number", "number"), ("status", "status"), ("unit", "unit")):
            if wanted[name]:
                rows = rows.filter(**{column: wanted[name]})
        for name, column in (("from_date", "ordered_on__gte"), ("to_date", "ordered_on__lte")):
            if wanted[name]:
                rows = rows.filter(**{column: wanted[name]})
        if wanted["product_group"]:
            rows = rows.filter(product_group=wanted["product_group"])
    count = rows[: COUNTED_TO + 1].count()
    found = list(rows.select_related("unit").order_by("-ordered_on", "-number")[: PAGE + 1])
    return render(request, "orders.html", {"search": search, "count": count, "rows": found[:PAGE]})


urlpatterns = [path("admin/", admin.site.urls), path("orders", orders)]
application = get_wsgi_application()


def prepare() -> None:
    """Make its own tables, and sign somebody in; tells the cookie."""
    call_command("migrate", verbosity=0)
    people = get_user_model().objects
    user = people.filter(username="maalt").first() or people.create_superuser("maalt", "maalt@kunde.example", "maalt")
    client = Client()
    client.force_login(user)
    print(json.dumps({"Cookie": f"sessionid={client.cookies['sessionid'].value}"}))


def serve() -> None:
    """One process, with a thread for each of the connections."""
    bound = f"127.0.0.1:{os.environ['PEER_PORT']}"
    words = [
        "-w1",
        "-k",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "60",
        "-b",
        bound,
        f"{Path(__file__).stem}:application",
    ]
    os.execvp("gunicorn", ["gunicorn", *words])  # noqa: S606, S607  # its own environment's


if __name__ == "__main__":
    {"prepare": prepare, "serve": serve}[sys.argv[1]]()
