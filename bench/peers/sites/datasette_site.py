"""Datasette's page of the table of orders. Run with `prepare`, which has nothing to do, then `serve`."""

import os
import sys

if sys.argv[1] == "serve":
    words = ["serve", os.environ["PEER_DATABASE"], "-h", "127.0.0.1", "-p", os.environ["PEER_PORT"]]
    os.execvp("datasette", ["datasette", *words])  # noqa: S606, S607  # its own environment's
