"""``make bench``: every table, in Markdown, on standard output."""

import platform

from benchmarks import (
    automation,
    business_time,
    classification,
    clocks,
    cmdb,
    conversations,
    desk_commands,
    documents,
    escalation,
    forms,
    health,
    imports,
    inventory,
    many,
    reconciliation,
    replay,
    rotas,
    routing,
    search,
    tickets_page,
    workflow,
    workforce,
)

PARTS = (
    replay,
    business_time,
    many,
    clocks,
    workflow,
    cmdb,
    inventory,
    reconciliation,
    health,
    documents,
    search,
    forms,
    workforce,
    rotas,
    tickets_page,
    routing,
    classification,
    automation,
    conversations,
    escalation,
    desk_commands,
    imports,
)

print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
print("CPU time, medians of interleaved runs. Read the ratios; the absolute figures are this machine's.\n")
for part in PARTS:
    print(part.run(), flush=True)
