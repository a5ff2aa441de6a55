"""Stories about the stage itself: its rules and its watch find what they should, and what a run keeps stays."""
