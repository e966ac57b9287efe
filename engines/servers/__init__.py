"""How to speak to each kind of model server: the wire, the dialects, and finding out which it is."""
