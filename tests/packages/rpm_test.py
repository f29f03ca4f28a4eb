"""The rpms: that they build from their source rpm, what their checker says, and that they install."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import built
from built import SOURCE, output
from debian_root import DebianRoot

FILTERS_LIMIT = 6
FILES = """
/etc/jobsched
/etc/jobsched/jobsched.yaml
/usr/bin/jobsched
/usr/lib/systemd/system/jobsched.service
/usr/lib/systemd/system/jobsched.socket
/usr/lib/sysusers.d/jobsched.conf
/usr/share/bash-completion/completions/jobsched
/usr/share/doc/jobsched
/usr/share/doc/jobsched/CHANGELOG.md
/usr/share/doc/jobsched/README.md
/usr/share/doc/jobsched/jobsched.cdx.json
/usr/share/fish/vendor_completions.d/jobsched.fish
/usr/share/licenses/jobsched
/usr/share/licenses/jobsched/LICENSE
/usr/share/man/man1/jobsched.1
/usr/share/man/man5/jobsched.yaml.5
/usr/share/man/man8/jobsched-serve.8
/usr/share/zsh/site-functions/_jobsched
""".split()


class Rpm(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = built.packages("rpm")
        cls.source = built.only(cls.folder, "jobsched-[0-9]*.src.rpm")
        cls.package = built.only(cls.folder, "jobsched-[0-9]*.x86_64.rpm")

    def query(self, *what):
        return output("rpm", "--query", "--package", *what, self.package).splitlines()

    def test_everything_is_where_a_package_wants_it(self):
        files = [re.sub(r"\.(gz|zst|xz)$", "", path) for path in self.query("--list")
                 if ".build-id" not in path]
        self.assertEqual(files, FILES)
        self.assertEqual(self.query("--configfiles"), ["/etc/jobsched/jobsched.yaml"])

    def test_rpmlint_finds_nothing(self):
        config = SOURCE / "packaging/rpm/rpmlint.toml"
        filters = re.findall(r"^ +'", config.read_text(), re.MULTILINE)
        self.assertLessEqual(len(filters), FILTERS_LIMIT)
        ended = subprocess.run(["rpmlint", "--config", config, SOURCE / "packaging/rpm/jobsched.spec",
                                *sorted(self.folder.glob("*.rpm"))], capture_output=True, text=True)
        self.assertRegex(ended.stdout, r" 0 errors, 0 warnings", ended.stdout)

    def test_it_installs_is_upgraded_and_removed(self):
        root = DebianRoot()
        self.addCleanup(root.close)
        # What it depends on is not there as rpms, and need not be.
        rpm = ["rpm", f"--root={root.folder}"]
        output(*rpm, "--initdb")
        output(*rpm, "--install", "--nodeps", self.package)
        self.assertIn("jobsched", root.text("getent", "passwd", "jobsched"))
        self.assertEqual(output(*rpm, "--verify", "--nodeps", "jobsched"), "")
        settings = root.path("/etc/jobsched/jobsched.yaml")
        settings.write_text(settings.read_text() + "\ndrain: 5s\n")
        output(*rpm, "--upgrade", "--nodeps", "--force", self.package)
        self.assertIn("drain: 5s", settings.read_text())
        output(*rpm, "--erase", "jobsched")
        self.assertFalse(root.exists("/usr/bin/jobsched"))
        self.assertTrue(root.exists("/etc/jobsched/jobsched.yaml.rpmsave"))

    def test_the_program_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(["rpm2cpio", self.package], check=True, capture_output=True)
            subprocess.run(["cpio", "--extract", "--make-directories", "--quiet"], cwd=folder,
                           input=archive.stdout, check=True)
            program = pathlib.Path(folder) / "usr/bin/jobsched"
            output(program, "serve", "--check-config", "--config",
                   f"{folder}/etc/jobsched/jobsched.yaml", env={})
            self.assertNotIn(".symtab", output("readelf", "-SW", program))

    def test_what_the_spec_says_of_the_version_is_so(self):
        version = re.search(r"project\(jobsched VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text())
        self.assertEqual(self.query("--queryformat", "%{VERSION}"), [version.group(1)])


if __name__ == "__main__":
    built.need("rpmbuild", "rpmlint", "mmdebstrap", "rpm2cpio", "cpio")
    built.enter()
    unittest.main(verbosity=1)
