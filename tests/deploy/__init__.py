"""Tests of the deployment kit."""
