"""Which URL shows or does what."""

from apps.refinement.views.measuring import gate, gate_panel

__all__ = ["gate", "gate_panel"]
