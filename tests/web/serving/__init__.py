"""The portal as processes on a machine: how it starts and ends, its connections, static files and figures."""
