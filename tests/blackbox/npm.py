"""Programs of others that come from npm into the build folder, once."""

import fcntl
import filecmp
import os
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "npm"
FOLDER = pathlib.Path(os.environ.get("JOBSCHED_NPM", SOURCE.parents[1] / "build" / "npm"))
LOCK = "package-lock.json"


def install():
    """The packages of the lock file, unless they are there. Needs the network only then."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may begin at once
        done = FOLDER / "installed"
        if not done.is_file() or not filecmp.cmp(SOURCE / LOCK, done, shallow=False):
            fetch()
            shutil.copy(SOURCE / LOCK, done)
        for script in SOURCE.glob("*.js"):
            shutil.copy(script, FOLDER / script.name)


def fetch():
    for name in ("package.json", LOCK):
        shutil.copy(SOURCE / name, FOLDER / name)
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                             cwd=FOLDER, capture_output=True, text=True, timeout=400)
    if fetched.returncode != 0:
        raise AssertionError(f"npm cannot fetch the tests' tools: {fetched.stderr[-2000:]}")


def tool(name):
    return FOLDER / "node_modules" / ".bin" / name
