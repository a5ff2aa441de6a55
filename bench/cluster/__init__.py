"""A distributed set-up of the portal on one machine, broken on purpose under load: `python -m bench.cluster`."""
