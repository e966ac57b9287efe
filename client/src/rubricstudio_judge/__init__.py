"""The name by which verifiers and prime-rl find the judge: `id = "rubricstudio-judge"`."""

from rubricstudio_client.verifiers import RubricStudioJudge, RubricStudioJudgeConfig

__all__ = ["RubricStudioJudge", "RubricStudioJudgeConfig"]
