"""Asks an address of the studio and exits 0 if it answers well: the health check of the web container."""

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    """Return the exit status for one question."""
    # The probe stands where the proxy stands: inside, and over HTTPS as far as the studio knows.
    request = urllib.request.Request(url, headers={"X-Forwarded-Proto": "https", "Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=6) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, TimeoutError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
