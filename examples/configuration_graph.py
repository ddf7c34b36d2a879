"""Only the configuration graph: what does a failed switch reach?"""

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation

items = [
    ConfigurationItem(CIId(name), ci_class, name)
    for name, ci_class in [
        ("uplink", "network device"),
        ("core-router", "network device"),
        ("floor-3-switch", "network device"),
        ("mail-server", "host"),
        ("e-mail", "service"),
        ("internet-access", "service"),
    ]
]
relations = [
    Relation(CIId("core-router"), "depends_on", CIId("uplink")),
    Relation(CIId("floor-3-switch"), "depends_on", CIId("core-router")),
    Relation(CIId("mail-server"), "depends_on", CIId("core-router")),
    Relation(CIId("e-mail"), "runs_on", CIId("mail-server")),
    Relation(CIId("internet-access"), "depends_on", CIId("uplink")),
]
graph = ConfigurationGraph(items, relations)

print("if the core router fails:", ", ".join(graph.impact_of([CIId("core-router")]).affected))
print("e-mail needs:", ", ".join(graph.ancestors(CIId("e-mail"))))
