"""The same commit gives the same bytes: built once more, from another folder, in another time zone,
at another time, with another umask, and compiled anew.
"""

import filecmp
import os
import pathlib
import subprocess
import tempfile
import unittest

import built
from built import SOURCE, output

LATER = "+400d"
# What says where and when it was built is not a package.
RECORDS = (".buildinfo", ".changes")


class Reproducible(unittest.TestCase):
    def check(self, kind):
        first = built.packages(kind)
        with tempfile.TemporaryDirectory(prefix="another-path-") as folder:
            checkout = pathlib.Path(folder) / "deeper" / "checkout"
            output("git", "clone", "--quiet", "--shared", SOURCE, checkout)
            work = pathlib.Path(folder) / "work"
            work.mkdir()
            # As it would be without a cache; what is made goes into it for others.
            environment = {**os.environ, "TZ": "Pacific/Chatham", "TMPDIR": str(work),
                           "LC_ALL": "C", "CCACHE_RECACHE": "1"}
            ended = subprocess.run(
                ["faketime", "-f", LATER, checkout / "packaging" / f"build-{kind}", f"{folder}/out"],
                env=environment, umask=0o077, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, timeout=built.BUILD_LIMIT)
            self.assertEqual(ended.returncode, 0, ended.stdout[-4000:])
            made = [path for path in pathlib.Path(folder, "out").iterdir()
                    if path.suffix not in RECORDS]
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
