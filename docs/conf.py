"""How Sphinx builds the documentation."""

from itsmkit import __version__

project = "itsmkit"
author = "The itsmkit developers"
copyright = "The itsmkit developers"  # noqa: A001  # Sphinx wants this name
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"itsmkit {release}"
html_static_path = ["_static"]

# A name in single backticks is a link where it names something of ours, and plain code elsewhere.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Source", "notes_style")]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["ref.python"]  # a name that two rooms offer is the same thing
