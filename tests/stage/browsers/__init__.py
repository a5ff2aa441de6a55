"""Real browsers at a real portal: Chromium with and without script, and text browsers in a terminal.

A browser that is not installed skips its tests with a reason; where REQUIRE_BROWSERS=1, as before a change is taken in,
it fails them. What the portal should do is said in the tests.
"""
