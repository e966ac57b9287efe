"""Checks that run code in the sandbox: an author's own predicate, and tests of code that an answer holds."""
