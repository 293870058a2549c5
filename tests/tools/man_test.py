"""The manual pages: scdoc takes each, and each says its own name."""

import subprocess
import unittest

import script

PAGES = sorted((script.ROOT / "man").glob("*.scd"))


class ManualPages(unittest.TestCase):
    def test_there_are_pages(self):
        self.assertTrue(PAGES)

    def test_scdoc_takes_every_page(self):
        for page in PAGES:
            made = subprocess.run(["scdoc"], input=page.read_text(), capture_output=True, text=True, timeout=30)
            self.assertEqual(made.returncode, 0, f"{page.name}: {made.stderr}")
            self.assertRegex(made.stdout, r'(?m)^\.SH "?NAME"?$', page.name)

    def test_a_page_is_called_as_its_file(self):
        for page in PAGES:
            name, section, _ = page.name.rsplit(".", 2)
            first = page.read_text().splitlines()[0]
            self.assertEqual(first, f"{name}({section})")


if __name__ == "__main__":
    unittest.main()
