"""The ways of drafting and refining, a module each; `domain.refinement.registry` lists them."""
