"""The command line: a module a command, in a frame that imports only the one that is asked for."""
