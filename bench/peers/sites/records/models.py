"""Orders and units, in the tables that are there."""

from django.db import models

STATUSES = ("Mottatt", "Planlagt", "Utført", "Fakturert", "Avvist")
GROUPS = ("Kurs", "Hjertestarter", "Helseundersøkelse", "Vaksinasjon")


class Unit(models.Model):
    """A unit of a customer."""

    id = models.IntegerField(primary_key=True)
    customer_id = models.IntegerField()
    name = models.CharField(max_length=200)

    class Meta:
        """The table."""

        managed = False
        db_table = "units"

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """An order."""

    number = models.IntegerField(primary_key=True)
    customer_id = models.IntegerField()
    unit = models.ForeignKey(Unit, models.DO_NOTHING)
    ordered_on = models.DateField()
    # With choices, the admin's filters need not look through all rows for what there is.
    product_group = models.CharField(max_length=100, null=True, choices=[(word, word) for word in GROUPS])
    status = models.CharField(max_length=100, null=True, choices=[(word, word) for word in STATUSES])
    delivery = models.TextField()
    quantity = models.TextField()
    contact = models.TextField()
    reference = models.TextField()
    location = models.TextField()
    description = models.TextField()

    class Meta:
        """The table."""

        managed = False
        db_table = "orders"
        ordering = ("-number",)  # across customers, the only order that there is an index for

    def __str__(self) -> str:
        return str(self.number)
