"""What Jupyter shows of results and timelines: pip install ipython, or jupyterlab. In a notebook two lines are enough:

%load_ext searchkit.jupyter
archive.search("芯片")
"""

from __future__ import annotations

import demo
from IPython.core.interactiveshell import InteractiveShell

import searchkit

shell = InteractiveShell()
shell.run_line_magic("load_ext", "searchkit.jupyter")
with demo.folder() as folder, searchkit.open(folder) as archive:
    for found in (archive.search("芯片", limit=3), archive.timeline("芯片"), archive.facets("芯片")):
        forms, _ = shell.display_formatter.format(found)
        print(forms["text/html"])
