"""Compares the variables that the code reads with those that .env.example explains."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r'\benv\.(?:text|flag|number|words|url|urls|secret|path)\(\s*"([A-Z][A-Z0-9_]*)"')
EXPLAINED = re.compile(r"^#?\s?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def main() -> int:
    """Name what one side has and the other has not."""
    read = {
        name
        for path in sorted((ROOT / "rubricstudio").rglob("*.py"))
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    explained = set(EXPLAINED.findall((ROOT / ".env.example").read_text(encoding="utf-8")))
    tools = {"RUBRICSTUDIO_DATA", "STUDIO_CHROMIUM"}
    for name in sorted(read - explained):
        sys.stderr.write(f".env.example does not explain {name}\n")
    for name in sorted(explained - read - tools):
        sys.stderr.write(f".env.example explains {name}, which nothing reads\n")
    return 1 if read - explained or explained - read - tools else 0


if __name__ == "__main__":
    sys.exit(main())
