"""The one place that speaks to a language model, served or embedded; knows nothing of Django."""
