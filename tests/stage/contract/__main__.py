"""Write `docs/urls.md`, `docs/contract.json` and `docs/crm-events.md` anew.

What stands in them is in the modules beside.
"""

from tests.stage.contract import crm, files

files.FILE.write_text(files.written(), encoding="utf-8")
files.JSON.write_text(files.as_text(), encoding="utf-8")
crm.FILE.write_text(crm.page(), encoding="utf-8")
