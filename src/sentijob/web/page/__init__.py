"""The page for browsers. NiceGUI carries it, and nothing of it comes from another place than this server."""

from sentijob.web.page.mounting import mount

__all__ = ["mount"]
