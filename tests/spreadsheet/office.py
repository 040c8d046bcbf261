"""LibreOffice as its users use it: opens a workbook, saves it in another form, or types into its cells.

    office.py convert SOURCE FOLDER ENDING FILTER [OPTIONS]     saves SOURCE into FOLDER; `csv` writes a file a sheet
    office.py fill SOURCE TARGET ENTRIES                        types what ENTRIES lists into a worklist; prints how many
    office.py serve PIPE                                        keeps LibreOffice until standard input ends; prints PIPE

Run by the Python that has LibreOffice's bridge (Debian: python3-uno). Where ENCOURS_SPREADSHEET names the pipe of a kept
LibreOffice it is used, else one is started and ended.
"""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


@contextlib.contextmanager
def started(pipe):
    """LibreOffice with a profile of its own, listening on a pipe."""
    profile = tempfile.mkdtemp(prefix="encours-spreadsheet-")
    command = ["soffice", "--headless", "--norestore", "-env:UserInstallation=file://" + profile, f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            desktop(pipe, patience=1).terminate()
        try:
            office.wait(30)
        except subprocess.TimeoutExpired:
            office.kill()
        shutil.rmtree(profile, ignore_errors=True)


def desktop(pipe, patience=60):
    """The desktop of the LibreOffice that listens on a pipe, once it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + patience
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def options(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


@contextlib.contextmanager
def opened(office, source):
    document = office.loadComponentFromURL(uno.systemPathToFileUrl(os.path.abspath(source)), "_blank", 0, options(Hidden=True))
    if document is None:
        sys.exit(f"LibreOffice cannot open {source}")
    try:
        yield document
    finally:
        document.close(True)


def convert(office, source, folder, ending, name, filter_options=""):
    os.makedirs(folder, exist_ok=True)
    stem = os.path.splitext(os.path.basename(source))[0]
    target = uno.systemPathToFileUrl(os.path.abspath(os.path.join(folder, f"{stem}.{ending}")))
    with opened(office, source) as document:
        document.storeToURL(target, options(FilterName=name, FilterOptions=filter_options))


def fill(office, source, target, entries):
    """Entries: lines of `line_id`, column and text, typed as a person types them."""
    count = 0
    with opened(office, source) as document:
        for sheet in document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            last = cursor.RangeAddress
            data = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).DataArray
            names = next((row for row in data if "worklist.line_id" in row), None)
            if names is None:
                continue
            for entry in open(entries, encoding="utf-8"):
                line_id, column, text = entry.rstrip("\n").split("\t")
                for number, row in enumerate(data):
                    if row[names.index("worklist.line_id")] == line_id:
                        sheet.getCellByPosition(names.index("worklist." + column), number).FormulaLocal = text
                        count += 1
        document.storeToURL(uno.systemPathToFileUrl(os.path.abspath(target)), options(FilterName="Calc MS Excel 2007 XML"))
    print(count)


def main(command, *arguments):
    if command == "serve":
        with started(arguments[0]):
            desktop(arguments[0])
            print(arguments[0], flush=True)
            sys.stdin.read()
        return
    operation = {"convert": convert, "fill": fill}[command]
    kept = os.environ.get("ENCOURS_SPREADSHEET")
    with contextlib.nullcontext() if kept else started(own := f"encours{os.getpid()}"):
        operation(desktop(kept or own), *arguments)


main(*sys.argv[1:])
