"""The database servers, each with what it alone needs. What the portal sees of them is in `models.core.database`."""
