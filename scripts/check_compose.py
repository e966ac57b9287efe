"""Validates docker-compose.yml: by Docker where it is at hand, and always by rules of our own."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
ONE_OFF = {"migrate"}
OURS = {"web", "worker", "sweeper", "migrate"}
NEEDED = OURS | {"postgres", "rabbitmq", "vllm"}


def problems(compose: dict[str, Any]) -> Iterator[str]:
    """Name everything that would not work."""
    services: dict[str, Any] = compose["services"]
    yield from (f"there is no service {name}" for name in sorted(NEEDED - services.keys()))
    for name, service in services.items():
        yield from (f"{name}: {problem}" for problem in _service_problems(name, service, compose))
    devices = services.get("vllm", {}).get("deploy", {}).get("resources", {}).get("reservations", {}).get("devices", [])
    if not any("gpu" in device.get("capabilities", []) for device in devices):
        yield "vllm: reserves no GPU"
    for name, secret in compose.get("secrets", {}).items():
        if not str(secret.get("file", "")).startswith("./secrets/"):
            yield f"the secret {name} does not come from secrets/"


def _service_problems(name: str, service: dict[str, Any], compose: dict[str, Any]) -> Iterator[str]:
    if not service.get("image"):
        yield "has no image"
    if name not in ONE_OFF and not service.get("healthcheck", {}).get("test"):
        yield "has no health check"
    for other in service.get("depends_on", {}):
        if other not in compose["services"]:
            yield f"waits for {other}, which there is not"
    for volume in service.get("volumes", []):
        source = volume.split(":", 1)[0]
        if source.startswith("."):
            if not (ROOT / source).exists():
                yield f"mounts {source}, which there is not"
        elif source not in compose["volumes"]:
            yield f"uses the volume {source}, which is not declared"
    for secret in service.get("secrets", []):
        wanted = secret if isinstance(secret, str) else secret["source"]
        if wanted not in compose["secrets"]:
            yield f"uses the secret {wanted}, which is not declared"
    if name in OURS:
        yield from _command_problems(service)


def _command_problems(service: dict[str, Any]) -> Iterator[str]:
    for command in (service.get("command", []), service.get("healthcheck", {}).get("test", [])[1:]):
        if not command:
            continue
        program = command[0]
        if shutil.which(program, path=str(Path(sys.executable).parent)) is None:
            yield f"starts {program}, which the packages do not bring"
        for part in command[1:]:
            if part.endswith(".py") and not (ROOT / part.removeprefix("/app/")).exists():
                yield f"runs {part}, which there is not"
    for key, value in service.get("environment", {}).items():
        if key.endswith("_FILE") and Path(value).name not in service.get("secrets", []):
            yield f"{key} names {value}, a secret it is not given"


def by_docker() -> str | None:
    """Return what Docker finds wrong, or None; nothing is started."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        if subprocess.run([*command, "version"], capture_output=True, check=False).returncode:
            continue
        done = subprocess.run(
            [*command, "--file", str(FILE), "config", "--quiet"], capture_output=True, text=True, check=False
        )
        return done.stderr.strip() if done.returncode else None
    return None


def main() -> int:
    """Check the file and return the exit status."""
    found = list(problems(yaml.safe_load(FILE.read_text(encoding="utf-8"))))
    if said := by_docker():
        found.append(said)
    for problem in found:
        sys.stderr.write(f"docker-compose.yml: {problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
