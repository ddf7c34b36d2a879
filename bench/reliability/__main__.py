"""``make soak``: every script, one after the other; the exit code is 1 if one has found a violation."""

import subprocess
import sys

SCRIPTS = ("failures", "lost_updates", "kill", "timers", "outbox", "throughput")

codes = [
    subprocess.run([sys.executable, "-m", f"bench.reliability.{name}", *sys.argv[1:]], check=False).returncode
    for name in SCRIPTS
]
sys.exit(max(codes))
