"""What the tests of the packages share: the packages themselves, built once a commit, and what a test
needs of the machine to look into them.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("JOBSCHED_PACKAGES", SOURCE / "build" / "packages"))
SKIPPED = 77  # exit code: see SKIP_RETURN_CODE in tests/CMakeLists.txt
INSIDE = "JOBSCHED_TEST_INSIDE"
BUILD_LIMIT = 3000  # seconds; minutes on a machine of its own


def skip(reason):
    """Only before anything was tested: what fails afterwards is a failure."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        skip(f"{', '.join(missing)} missing; packaging/install-dependencies package installs them")


def enter():
    """Runs this program anew in namespaces of its own, unless it is there already: it may mount, and
    whatever it starts ends with it."""
    if os.environ.get(INSIDE):
        return
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        skip("this needs root, to install packages into a system of their own")
    if subprocess.run([*unshare, "--net", "true"], capture_output=True).returncode != 0:
        skip("this container lets nobody make namespaces, in which to install packages")
    os.environ[INSIDE] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, "-B", *sys.argv])


def output(*command, **options):
    """What a command prints; it must succeed."""
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=BUILD_LIMIT, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {ended.returncode}\n"
                             f"{ended.stdout[-6000:]}")
    return ended.stdout


@contextlib.contextmanager
def locked(name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def builder_environment():
    """That of somebody who builds packages: the daemon, which the rpm tries, would take a variable of
    these tests for a mistyped setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JOBSCHED_")}


def packages(kind):
    """The folder with the packages, "deb" or "rpm", of the commit that is checked out."""
    commit = output("git", "rev-parse", "HEAD", cwd=SOURCE).strip()
    folder = FOLDER / kind
    done = folder / "commit"
    with locked("build"):
        if not done.is_file() or done.read_text() != commit:
            shutil.rmtree(folder, ignore_errors=True)
            log = output(SOURCE / "packaging" / f"build-{kind}", folder, env=builder_environment())
            (folder / "log").write_text(log)
            done.write_text(commit)
    return folder


def only(folder, pattern):
    """The one file of that name."""
    found = sorted(pathlib.Path(folder).glob(pattern))
    assert len(found) == 1, f"{folder}/{pattern}: {found}"
    return found[0]


def deb():
    return only(packages("deb"), "jobsched_*.deb")


def unpacked(package, folder):
    """The files of a Debian package, under `folder`."""
    output("dpkg-deb", "--extract", package, folder)
    return pathlib.Path(folder)
