"""The Debian packages as files: what is in them, how the program is built, what their checkers say."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import built
from built import SOURCE, output

sys.path.insert(0, str(SOURCE / "tests" / "blackbox"))
import npm  # noqa: E402

FILES = """
etc/jobsched/jobsched.yaml
lib/systemd/system/jobsched.service
lib/systemd/system/jobsched.socket
usr/bin/jobsched
usr/lib/sysusers.d/jobsched.conf
usr/share/bash-completion/completions/jobsched
usr/share/doc/jobsched/README.md.gz
usr/share/doc/jobsched/changelog.gz
usr/share/doc/jobsched/copyright
usr/share/doc/jobsched/jobsched.cdx.json.gz
usr/share/fish/vendor_completions.d/jobsched.fish
usr/share/man/man1/jobsched.1.gz
usr/share/man/man5/jobsched.yaml.5.gz
usr/share/man/man8/jobsched-serve.8.gz
usr/share/zsh/vendor-completions/_jobsched
""".split()


class Package(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = built.packages("deb")
        cls.root = built.unpacked(built.deb(), pathlib.Path(folder.name) / "root")
        cls.debug = built.unpacked(built.only(cls.folder, "jobsched-dbgsym_*.deb"),
                                   pathlib.Path(folder.name) / "debug")
        cls.program = cls.root / "usr/bin/jobsched"


class Contents(Package):
    def test_everything_is_where_a_package_wants_it(self):
        files = [str(path.relative_to(self.root)) for path in sorted(self.root.rglob("*"))
                 if not path.is_dir()]
        self.assertEqual(files, FILES)

    def test_one_file_is_the_admins(self):
        self.assertEqual(output("dpkg-deb", "--info", built.deb(), "conffiles"),
                         "/etc/jobsched/jobsched.yaml\n")

    def test_the_settings_are_the_sample_with_two_set(self):
        installed = (self.root / "etc/jobsched/jobsched.yaml").read_text().splitlines()
        active = [line for line in installed if line and not line.lstrip().startswith("#")]
        self.assertEqual(active, [
            'listen: ["127.0.0.1:7243", "unix:/run/jobsched/jobsched.sock"]',
            "store: /var/lib/jobsched/jobs.db"])
        sample = (SOURCE / "packaging" / "jobsched.yaml").read_text().splitlines()
        self.assertEqual([line for line in installed if line not in active], sample)
        output(self.program, "serve", "--check-config", "--config",
               self.root / "etc/jobsched/jobsched.yaml", env={})

    def test_the_socket_unit_has_the_addresses_of_the_settings(self):
        unit = (self.root / "lib/systemd/system/jobsched.socket").read_text()
        self.assertEqual(re.findall(r"^ListenStream=(.+)$", unit, re.MULTILINE),
                         ["127.0.0.1:7243", "/run/jobsched/jobsched.sock"])

    def test_the_scripts_make_the_user_and_run_the_service(self):
        rows = [("postinst", "systemd-sysusers"), ("postinst", "enable 'jobsched.service'"),
                ("postinst", "jobsched.service"), ("prerm", "stop 'jobsched.service'"),
                ("postrm", "purge 'jobsched.service"), ("preinst", "--compare-versions")]
        for script, word in rows:
            with self.subTest(f"{script}: {word}"):
                self.assertIn(word, output("dpkg-deb", "--info", built.deb(), script))

    def test_builds_from_the_packages_that_are_listed(self):
        control = (SOURCE / "packaging/debian/control").read_text()
        wanted = re.search(r"Build-Depends:(.*?)\nStandards", control, re.DOTALL).group(1)
        wanted = {re.split(r"[ :]", package.strip())[0] for package in wanted.split(",")}
        listed = (SOURCE / "packaging/dependencies").read_text()
        listed = set(re.search(r"\[build\]\n(.*?)\n\[", listed, re.DOTALL).group(1).split())
        of_a_package = {"debhelper-compat", "dh-sequence-installsysusers", "python3"}
        of_a_checkout = {"ca-certificates", "ccache", "g++", "git", "tzdata"}
        self.assertEqual(wanted - of_a_package, listed - of_a_checkout)


class Program(Package):
    def test_it_is_hardened(self):
        elf = output("readelf", "-hldW", self.program)
        symbols = output("readelf", "-W", "--dyn-syms", self.program)
        for rule, text, word in [
                ("position-independent", elf, "Type:                              DYN"),
                ("all symbols bound at the start", elf, "BIND_NOW"),
                ("relocations read-only", elf, "GNU_RELRO"),
                ("stack protector", symbols, "__stack_chk_fail"),
                ("checked copies", symbols, "_chk@")]:
            with self.subTest(rule):
                self.assertIn(word, text)
        self.assertNotIn("RUNPATH", elf)
        self.assertRegex(elf, r"GNU_STACK.* RW +0x")

    def test_its_symbols_are_in_a_package_of_their_own(self):
        self.assertNotIn(".symtab", output("readelf", "-SW", self.program))
        build_id = re.search(r"Build ID: (\w+)", output("readelf", "-nW", self.program)).group(1)
        debug = self.debug / f"usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
        self.assertIn(".debug_info", output("readelf", "-SW", debug))

    def test_no_path_of_the_build_is_in_it(self):
        path = r"/tmp/\S*jobsched/(core|daemon|cmd|obj-)"
        self.assertNotRegex(self.program.read_bytes(), path.encode())
        for file in self.debug.rglob("*.debug"):
            dumped = output("readelf", "--debug-dump=info", "--dwarf-depth=1", file)
            self.assertIn("DW_AT_comp_dir", dumped)
            self.assertNotRegex(dumped, path)
            # The names of sources and folders, which the table of lines refers to.
            names = output("readelf", "--decompress", "--string-dump=.debug_line_str", file)
            self.assertIn("engine_loop.cc", names)
            self.assertNotRegex(names, path)

    def test_what_it_links_is_listed(self):
        listed = output("zcat", self.root / "usr/share/doc/jobsched/jobsched.cdx.json.gz")
        npm.install()
        judged = subprocess.run(["node", npm.FOLDER / "cyclonedx.js"], input=listed, text=True,
                                capture_output=True, cwd=npm.FOLDER)
        self.assertEqual((judged.returncode, judged.stdout, judged.stderr), (0, "valid\n", ""))

        components = json.loads(listed)["components"]

        def libraries(kind):
            return {one["value"] for part in components for one in part["properties"]
                    if one["name"] == f"jobsched:{kind}-library"}

        needed = re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-dW", self.program))
        self.assertEqual(libraries("shared"), set(needed))
        self.assertEqual(libraries("loaded"), {"libcurl.so.4", "libpq.so.5"})
        for part in components:
            with self.subTest(part["name"]):
                self.assertEqual(
                    part["version"],
                    output("dpkg-query", "-W", "-f", "${Version}\\n", part["name"]).split()[0])
                self.assertTrue(part["purl"].startswith("pkg:deb/debian/"))


class Checkers(Package):
    def test_lintian_finds_nothing(self):
        changes = built.only(self.folder, "*.changes")
        ended = subprocess.run(["lintian", "--allow-root", "-I", "--pedantic", "--show-overrides",
                                changes], capture_output=True, text=True)
        tags = [line for line in ended.stdout.splitlines() if line and not line.startswith("N:")]
        self.assertEqual([tag for tag in tags if not tag.startswith("I: ")], [], ended.stderr)
        self.assertLessEqual(len(tags), 1, tags)

    def test_systemd_understands_the_units(self):
        with tempfile.TemporaryDirectory() as folder:
            units = [pathlib.Path(folder) / name for name in ("jobsched.service", "jobsched.socket")]
            for unit in units:
                # The program is looked for, and is not where it would be installed.
                text = (self.root / "lib/systemd/system" / unit.name).read_text()
                unit.write_text(text.replace("=/usr/bin/jobsched", f"={self.program}"))
            self.assertEqual(output("systemd-analyze", "verify", "--man=no", *units), "")

    def test_the_service_is_confined(self):
        output("systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager",
               self.root / "lib/systemd/system/jobsched.service")


if __name__ == "__main__":
    built.need("dpkg-buildpackage", "dh", "lintian", "systemd-analyze", "npm", "readelf")
    unittest.main(verbosity=1)
