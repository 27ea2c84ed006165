"""What stands between a socket and the application: one defence a module, each pure ASGI.

:func:`~sentijob.web.guard.gate.guarded` puts them in order. SECURITY.md names each with its test.
"""
