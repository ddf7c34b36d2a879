import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from itsmkit import __version__
from itsmkit.errors import DefinitionError
from itsmkit.plugin import PluginError, Plugins, PluginState, PluginWarning, StoreVersions, hookimpl
from itsmkit.plugin.storage import Store

JOURNAL = """
from itsmkit.plugin import hookimpl

@hookimpl
def itsmkit_on_event(event):
    pass
"""

MAKER = """
from types import SimpleNamespace
from itsmkit.plugin import hookimpl
from itsmkit.plugin.storage import Store

@hookimpl
def itsmkit_make_store(url):
    if url.startswith({schemes!r}):
        members = [name for name in (*vars(Store), "tenant", "is_joined") if name[0] != "_"]
        return SimpleNamespace(made_by=__name__, **dict.fromkeys(members, print))
"""

NEVER = "raise AssertionError('this module must not be imported')"


def maker(*schemes: str) -> str:
    return MAKER.format(schemes=tuple(f"{scheme}:" for scheme in schemes))


def states(plugins: Plugins) -> dict[str, PluginState]:
    return {status.name: status.state for status in plugins.status()}


class Journal:
    @hookimpl
    def itsmkit_on_event(self, event):
        pass


class Memory:
    @hookimpl
    def itsmkit_make_store(self, url):
        if url.startswith("memory:"):
            members = [name for name in (*vars(Store), "tenant", "is_joined") if not name.startswith("_")]
            return SimpleNamespace(**dict.fromkeys(members, print))
        return None


# Which plugins there are


def test_nothing_is_loaded_unasked(install):
    install("itsmkit-journal", NEVER, entries={"journal": ""})
    assert Plugins().status() == ()


def test_importing_the_package_imports_no_plugin_and_not_even_pluggy():
    check = "import sys, itsmkit; assert not {'pluggy', 'importlib.metadata'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_all_installed_plugins_load_in_the_order_of_their_names(install):
    for name in "quill", "abacus", "notes":
        install(f"itsmkit-{name}", JOURNAL, entries={name: ""}, version="2.1")
    plugins = Plugins("auto")
    assert list(states(plugins)) == ["abacus", "notes", "quill"]
    assert plugins.observers() == ("quill", "notes", "abacus")
    first = plugins.status()[0]
    assert (first.distribution, first.version, first.hooks) == (
        "itsmkit-abacus",
        "2.1",
        ("itsmkit_on_event",),
    )
    assert first.problem is None
    assert str(first) == "plugin 'abacus' (itsmkit-abacus 2.1) is loaded"


def test_an_installed_plugin_can_be_asked_for_by_name_among_objects(install):
    install("itsmkit-journal", JOURNAL, entries={"journal": ""})
    install("itsmkit-other", NEVER, entries={"other": ""})
    assert Plugins(["journal", Journal()]).observers() == ("Journal", "journal")
    assert Plugins("journal").observers() == ("journal",)


def test_what_is_also_asked_for_by_name_keeps_its_place_beside_auto(install):
    for name in "abacus", "notes":
        install(f"itsmkit-{name}", JOURNAL, entries={name: ""})
    assert Plugins(["auto", "abacus"]).observers() == ("abacus", "notes")


def test_built_in_plugins_are_asked_last(install):
    install("itsmkit-notes", JOURNAL, entries={"notes": ""})
    plugins = Plugins(["auto"], built_in=[Journal()])
    assert plugins.observers() == ("notes", "Journal")


def test_modules_and_classes_are_called_by_their_own_names():
    module = ModuleType("itsmkit_journal.plugin")
    exec(JOURNAL, vars(module))

    class Static:
        @staticmethod
        @hookimpl
        def itsmkit_on_event(event):
            pass

    assert Plugins([module, Static]).observers() == ("Static", "itsmkit_journal.plugin")


def test_a_name_that_is_not_installed_is_an_error_with_the_names_that_are(install):
    install("itsmkit-journal", NEVER, entries={"journal": ""})
    with pytest.raises(PluginError, match=r"'jurnal' .*installed are journal\); did you mean 'journal'\?"):
        Plugins(["jurnal"])


def test_a_name_is_an_error_where_nothing_is_installed():
    with pytest.raises(PluginError, match="none is installed"):
        Plugins("journal")


# What keeps a plugin out


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        pytest.param({"block": ["journal"]}, "block names it", id="blocked by name"),
        pytest.param({"block": "journal"}, "block names it", id="blocked by a single name"),
        pytest.param({"block": ["Itsmkit_Journal"]}, "block names it", id="blocked by distribution"),
        pytest.param({"allow": []}, "allow does not name it", id="not allowed"),
        pytest.param(
            {"allow": ["journal"], "environ": {"ITSMKIT_PLUGINS_DISABLE": " , journal"}},
            "ITSMKIT_PLUGINS_DISABLE names it",
            id="switched off by the environment",
        ),
    ],
)
@pytest.mark.parametrize("wanted", ["auto", "journal"])
def test_a_blocked_plugin_is_never_imported(install, wanted, lists, reason):
    install("itsmkit-journal", NEVER, entries={"journal": ""})
    (status,) = Plugins(wanted, **lists).status()
    assert status.state is PluginState.BLOCKED
    assert status.problem == reason
    assert "itsmkit_journal" not in sys.modules


@pytest.mark.parametrize("name", ["journal", "itsmkit-journal"])
def test_an_allowed_plugin_is_loaded(install, name):
    install("itsmkit-journal", JOURNAL, entries={"journal": ""})
    assert Plugins("auto", allow=[name]).observers() == ("journal",)


def test_objects_need_no_permission_but_can_be_blocked():
    assert Plugins([Journal()], allow=()).observers() == ("Journal",)
    assert Plugins([Journal()], environ={"ITSMKIT_PLUGINS_DISABLE": "Journal"}).observers() == ()


@pytest.mark.parametrize(
    ("wanted", "switch", "observers"),
    [
        pytest.param("auto", "0", (), id="off, unasked"),
        pytest.param("journal", "0", ("journal",), id="off, asked for by name"),
        pytest.param("auto", "1", ("journal",), id="on"),
    ],
)
def test_the_environment_decides_whether_plugins_load_unasked(install, wanted, switch, observers):
    install("itsmkit-journal", JOURNAL, entries={"journal": ""})
    plugins = Plugins(wanted, environ={"ITSMKIT_PLUGINS_AUTOLOAD": switch})
    assert plugins.observers() == observers


def test_an_unclear_switch_in_the_environment_is_an_error():
    with pytest.raises(DefinitionError, match="ITSMKIT_PLUGINS_AUTOLOAD is 'no'; set it to 0"):
        Plugins(environ={"ITSMKIT_PLUGINS_AUTOLOAD": "no"})


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param({"allow": ["journal", "jurnal"]}, id="allow"),
        pytest.param({"block": ["jurnal"]}, id="block"),
        pytest.param({"environ": {"ITSMKIT_PLUGINS_DISABLE": "jurnal"}}, id="ITSMKIT_PLUGINS_DISABLE"),
    ],
)
def test_a_listed_name_that_nothing_bears_gives_a_warning(install, request, lists):
    install("itsmkit-journal", JOURNAL, entries={"journal": ""})
    title = request.node.callspec.id
    with pytest.warns(PluginWarning, match=f"{title} names 'jurnal', .*did you mean 'journal'"):
        assert Plugins("auto", **lists).observers() == ("journal",)


# What goes wrong with a plugin

FAULTS = [
    pytest.param("import no_such_module", "", "ModuleNotFoundError: No module named", id="broken import"),
    pytest.param("1 +", "", "SyntaxError", id="broken syntax"),
    pytest.param("", ":Missing", "AttributeError", id="entry point to nothing"),
    pytest.param("", "", "it implements no hook; mark its functions", id="no hook"),
    pytest.param(
        JOURNAL.replace("on_event", "on_evnt"),
        "",
        "itsmkit_on_evnt is no hook; did you mean 'itsmkit_on_event'?",
        id="misspelt hook",
    ),
    pytest.param(
        JOURNAL.replace("(event)", "(event, store)"),
        "",
        "itsmkit_on_event(event, store) cannot be called with the arguments of the hook (event): "
        "missing a required argument: 'store'",
        id="extra argument",
    ),
    pytest.param(
        JOURNAL.replace("def", "async def"), "", "is declared with async def", id="async in a sync hook"
    ),
    pytest.param(JOURNAL.replace("pass", "yield"), "", "is a generator function", id="generator"),
    pytest.param(
        JOURNAL.replace("@hookimpl", "@hookimpl(wrapper=True)").replace("pass", "yield"),
        "",
        "is a wrapper",
        id="wrapper",
    ),
    pytest.param(
        "from itsmkit.plugin import hookimpl\n"
        "class Forgotten:\n    @hookimpl\n    def itsmkit_on_event(self, event): pass\n",
        ":Forgotten",
        "itsmkit_on_event(self, event) cannot be called",
        id="a class in place of its instance",
    ),
]


@pytest.mark.parametrize(("source", "attribute", "problem"), FAULTS)
def test_a_broken_plugin_that_nobody_asked_for_is_reported_and_left_out(install, source, attribute, problem):
    install("itsmkit-broken", source, entries={"broken": attribute}, version="0.9")
    install("itsmkit-journal", JOURNAL, entries={"journal": ""})
    with pytest.warns(PluginWarning) as warned:
        plugins = Plugins("auto")
    assert len(warned) == 1
    assert str(warned[0].message).startswith("plugin 'broken' (itsmkit-broken 0.9) is failed: ")
    assert warned[0].filename == __file__
    assert problem in str(warned[0].message)
    broken, _ = plugins.status()
    assert broken.state is PluginState.FAILED
    assert problem in broken.problem
    assert broken.hooks == ()
    assert plugins.observers() == ("journal",)


@pytest.mark.parametrize(("source", "attribute", "problem"), FAULTS)
def test_a_broken_plugin_that_was_asked_for_is_an_error(install, source, attribute, problem):
    install("itsmkit-broken", source, entries={"broken": attribute})
    with pytest.raises(PluginError) as raised:
        Plugins(["broken"])
    assert (raised.value.plugin, raised.value.hook) == ("broken", "load")
    assert problem in raised.value.problem


def test_what_an_import_raises_is_kept(install):
    install("itsmkit-broken", "1 / 0", entries={"broken": ""})
    with pytest.raises(PluginError) as raised:
        Plugins(["broken"])
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    with pytest.warns(PluginWarning):
        (status,) = Plugins("auto").status()
    assert status.traceback.startswith("Traceback")
    assert "1 / 0" in status.traceback


def test_an_import_may_end_the_program(install):
    install("itsmkit-exit", "raise SystemExit(3)", entries={"exit": ""})
    with pytest.raises(SystemExit):
        Plugins("auto")


def test_all_faults_of_a_plugin_are_reported_at_once():
    class Broken:
        @hookimpl
        def itsmkit_delivr(self, notification):
            pass

        @hookimpl
        async def itsmkit_on_event(self, event):
            pass

    with pytest.raises(PluginError, match=r"itsmkit_delivr is no hook.*; itsmkit_on_event is declared"):
        Plugins([Broken()])


def test_a_hook_that_only_newer_versions_have_may_be_implemented_as_optional():
    class Forward:
        @hookimpl(optionalhook=True)
        def itsmkit_of_the_future(self, anything):
            pass

    (status,) = Plugins([Forward()]).status()
    assert status.state is PluginState.LOADED
    assert status.hooks == ()


def test_a_plugin_for_another_version_is_not_imported(install):
    install("itsmkit-old", NEVER, entries={"old": ""}, requires=("attrs", "itsmkit>=99,<100"))
    with pytest.warns(PluginWarning, match="itsmkit-old 1.0"):
        (status,) = Plugins("auto").status()
    assert status.state is PluginState.INCOMPATIBLE
    assert status.problem == f"it requires itsmkit>=99,<100, and this is itsmkit {__version__}"
    with pytest.raises(PluginError, match="it requires itsmkit>=99"):
        Plugins("old")


def test_a_plugin_for_this_version_is_loaded(install):
    install("itsmkit-new", JOURNAL, entries={"new": ""}, requires=(f"itsmkit=={__version__}",))
    assert Plugins("auto").observers() == ("new",)


def test_of_two_installed_plugins_of_one_name_one_is_used(install):
    install("itsmkit-b", NEVER, entries={"journal": ""})
    install("itsmkit-a", JOURNAL, entries={"journal": ""})
    with pytest.warns(PluginWarning, match=r"'journal' \(itsmkit-b 1.0\) is shadowed"):
        plugins = Plugins("auto")
    assert [(status.distribution, status.state) for status in plugins.status()] == [
        ("itsmkit-a", PluginState.LOADED),
        ("itsmkit-b", PluginState.SHADOWED),
    ]


def test_a_name_that_two_distributions_claim_must_be_settled_by_the_caller(install):
    install("itsmkit-b", JOURNAL, entries={"journal": ""})
    install("itsmkit-a", NEVER, entries={"journal": ""})
    with pytest.raises(PluginError, match=r"itsmkit-a 1.0 and itsmkit-b 1.0 claim .*block=\{'itsmkit-a'\}"):
        Plugins("journal")
    assert Plugins("journal", block={"itsmkit-a"}).status()[0].distribution == "itsmkit-b"


def test_an_object_shadows_the_installed_plugin_of_its_name(install):
    install("itsmkit-journal", NEVER, entries={"Journal": ""})
    with pytest.warns(PluginWarning, match="is shadowed"):
        plugins = Plugins(["auto", Journal()])
    assert [status.state for status in plugins.status()] == [PluginState.SHADOWED, PluginState.LOADED]


def test_two_objects_of_one_name_are_an_error():
    with pytest.raises(PluginError, match="another plugin of this name is used"):
        Plugins([Journal(), Journal()])


def test_one_plugin_under_two_names_is_used_once(install):
    install("itsmkit-journal", JOURNAL, entries={"one": "", "two": ""})
    with pytest.warns(PluginWarning, match="'two' .* is shadowed: it is loaded already as 'one'"):
        assert Plugins("auto").observers() == ("one",)


# Stores by URL


def test_a_plugin_at_hand_makes_the_store_and_nothing_is_looked_for(install):
    install("itsmkit-memory", NEVER, entries={("itsmkit.storage", "memory"): ""})
    assert Plugins(built_in=[Memory()]).make_store("memory://").begin is print


@pytest.mark.parametrize("url", ["paper://desk", "PAPER://desk", "paper+ink://desk"])
def test_the_scheme_of_a_url_loads_exactly_one_plugin(install, url):
    install("itsmkit-paper", maker("paper", "PAPER", "paper+ink"), entries={("itsmkit.storage", "paper"): ""})
    install("itsmkit-stone", NEVER, entries={("itsmkit.storage", "stone"): ""})
    plugins = Plugins(built_in=[Memory()])
    assert plugins.make_store(url).made_by == "itsmkit_paper"
    assert states(plugins) == {
        "Memory": PluginState.LOADED,
        "itsmkit.storage:paper": PluginState.LOADED,
    }
    assert plugins.make_store(url).made_by == "itsmkit_paper"


def test_the_whole_scheme_goes_before_its_first_part(install):
    install("itsmkit-paper", NEVER, entries={("itsmkit.storage", "paper"): ""})
    install("itsmkit-ink", maker("paper+ink"), entries={("itsmkit.storage", "paper+ink"): ""})
    assert Plugins().make_store("paper+ink://desk").made_by == "itsmkit_ink"


def test_an_unknown_scheme_is_an_error_with_the_known_ones_and_without_the_url(install):
    install("itsmkit-paper", NEVER, entries={("itsmkit.storage", "paper"): ""})
    with pytest.raises(DefinitionError) as raised:
        Plugins(built_in=[Memory()]).make_store("papyr://ada:secret@host/desk")
    assert str(raised.value) == (
        "no plugin makes a store for the scheme 'papyr': asked Memory; installed for paper; "
        "did you mean 'paper'?"
    )


def test_without_any_maker_of_stores_the_error_says_so():
    with pytest.raises(DefinitionError, match="asked none; installed for no scheme"):
        Plugins().make_store("paper://")


@pytest.mark.parametrize("url", ["", "paper", "paper:desk", "://desk"])
def test_a_url_without_a_scheme_is_an_error(url):
    with pytest.raises(DefinitionError, match="begins with a scheme"):
        Plugins(built_in=[Memory()]).make_store(url)


def test_two_distributions_of_one_scheme_are_an_error_that_blocking_one_settles(install):
    install("itsmkit-a", NEVER, entries={("itsmkit.storage", "paper"): ""})
    install("itsmkit-b", maker("paper"), entries={("itsmkit.storage", "paper"): ""})
    with pytest.raises(PluginError, match=r"itsmkit-a 1.0 and itsmkit-b 1.0 claim"):
        Plugins().make_store("paper://")
    assert Plugins(block={"itsmkit-a"}).make_store("paper://").made_by == "itsmkit_b"


def test_a_scheme_that_is_kept_out_is_an_error(install):
    install("itsmkit-paper", NEVER, entries={("itsmkit.storage", "paper"): ""})
    plugins = Plugins(block=["paper"])
    with pytest.raises(PluginError, match="it is kept out: block names it"):
        plugins.make_store("paper://")
    assert states(plugins) == {"itsmkit.storage:paper": PluginState.BLOCKED}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        pytest.param("1 / 0", "in load: ZeroDivisionError", id="broken import"),
        pytest.param(JOURNAL, "made no store of such a URL", id="no maker"),
        pytest.param(maker("stone"), "made no store of such a URL", id="leaves its own scheme to others"),
    ],
)
def test_a_plugin_that_cannot_serve_its_scheme_is_an_error_each_time(install, source, problem):
    install("itsmkit-paper", source, entries={("itsmkit.storage", "paper"): ""})
    plugins = Plugins()
    for _ in range(2):
        with pytest.raises(PluginError, match=problem):
            plugins.make_store("paper://")
    assert len(plugins.status()) == 1


# Upkeep by URL

UPKEEP = """
from types import SimpleNamespace
from itsmkit.plugin import StoreMaintenance, hookimpl

@hookimpl
def itsmkit_maintain_store(url):
    names = (name for name in vars(StoreMaintenance) if name[0] != "_")
    return SimpleNamespace(of=url, **dict.fromkeys(names, print))
"""


def test_the_scheme_of_a_url_loads_the_plugin_that_tends_its_place(install):
    install("itsmkit-paper", UPKEEP, entries={("itsmkit.storage", "paper"): ""})
    install("itsmkit-stone", NEVER, entries={("itsmkit.storage", "stone"): ""})
    plugins = Plugins()
    assert [plugins.maintain_store(url).of for url in ("paper://a", "paper://b")] == [
        "paper://a",
        "paper://b",
    ]


def test_a_store_without_upkeep_says_how_to_do_without_it(install):
    install("itsmkit-paper", maker("paper"), entries={("itsmkit.storage", "paper"): ""})
    with pytest.raises(
        PluginError, match=r"does not tend what it keeps data in; move them with 'itsmkit store"
    ):
        Plugins().maintain_store("paper://desk")


def test_what_a_plugin_offers_as_upkeep_must_be_that(install):
    install(
        "itsmkit-paper",
        "from types import SimpleNamespace\n" + UPKEEP.replace("return", "return url #"),
        entries={("itsmkit.storage", "paper"): ""},
    )
    problem = (
        "it returned str, which is no StoreMaintenance: it lacks versions, plan, upgrade, backup, restore"
    )
    with pytest.raises(PluginError, match=problem):
        Plugins().maintain_store("paper://desk")


@pytest.mark.parametrize("url", ["paper", "://desk"])
def test_upkeep_needs_a_scheme_too(url):
    with pytest.raises(DefinitionError, match="begins with a scheme"):
        Plugins().maintain_store(url)


def test_upkeep_knows_the_newest_version():
    assert StoreVersions(None, ("1", "2")).newest == "2"
