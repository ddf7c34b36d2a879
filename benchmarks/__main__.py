"""``make bench``: every table, in Markdown, on standard output."""

import platform

from benchmarks import business_time, clocks, cmdb, health, imports, inventory, many, replay, workflow

print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
print("CPU time, medians of interleaved runs. Read the ratios; the absolute figures are this machine's.\n")
for part in (replay, business_time, many, clocks, workflow, cmdb, health, inventory, imports):
    print(part.run(), flush=True)
