"""Whether an answer says the same as a reference: numbers, sets, intervals, matrices, quantities, expressions."""
