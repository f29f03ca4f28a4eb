"""The same commit gives the same bytes: built once more, from another folder, in another time zone,
at another time, with another umask, and compiled anew.
"""

import filecmp
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import built
from built import SOURCE, output

LATER = "+400d"
# What says where and when it was built is not a package.
RECORDS = (".buildinfo", ".changes")


class Reproducible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="another-path-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.checkout = cls.folder / "deeper" / "checkout"
        output("git", "clone", "--quiet", "--shared", SOURCE, cls.checkout)
        (cls.folder / "work").mkdir()
        # The allocator asks for the time before libfaketime can say it, and both wait for each other:
        # the program can be built in another time, but not tried there. The first build has tried it.
        program = cls.folder / "bin" / "rpmbuild"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shutil.which("rpmbuild")} --nocheck "$@"\n')
        program.chmod(0o755)

    def build(self, kind):
        """Builds packages in other circumstances; the files."""
        environment = {**built.builder_environment(), "TZ": "Pacific/Chatham", "LC_ALL": "C",
                       "HOME": str(self.folder), "TMPDIR": str(self.folder / "work"),
                       "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        made = self.folder / kind
        ended = subprocess.run(
            ["faketime", "-f", LATER, self.checkout / "packaging" / f"build-{kind}", made],
            env=environment, umask=0o077, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=built.BUILD_LIMIT)
        self.assertEqual(ended.returncode, 0, ended.stdout[-4000:])
        return sorted(path for path in made.iterdir() if path.suffix not in RECORDS)

    def check(self, kind):
        first = built.packages(kind)
        made = self.build(kind)
        self.assertGreaterEqual(len(made), 3)
        for path in made:
            with self.subTest(path.name):
                self.assertTrue(filecmp.cmp(path, first / path.name, shallow=False))

    def test_debian_packages(self):
        self.check("deb")

    def test_rpms(self):
        self.check("rpm")


if __name__ == "__main__":
    built.need("faketime", "dpkg-buildpackage", "dh", "rpmbuild")
    unittest.main(verbosity=1)
