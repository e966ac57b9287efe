"""`manage.py studio`: everything of the studio on one machine, from one command."""
