"""The portal's list beside what a team would otherwise put in front of its data: `python -m bench peers`.

How each is run is in `running`; what it draws, in `sites`, which never runs in the portal's own environment.
"""
