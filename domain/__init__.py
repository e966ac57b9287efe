"""What is true without a database: rubrics, verdicts, scores, agreement, prompts and formats."""
