"""Measuring, drafting and refining rubrics: machines propose with evidence, people decide."""
