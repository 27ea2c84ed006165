"""What claims jobs, runs models and settles: sees :mod:`sentijob.ports` alone, no SQL and no model of its own."""
