"""What the pages of refinement show."""

from apps.refinement.pages.measuring import gate_page, gate_panel, measure_form

__all__ = ["gate_page", "gate_panel", "measure_form"]
