import tempfile
import unittest
from pathlib import Path

import script

layers = script.load("check-layers")

TABLE = """
floor 0
base:
floor 1
process: base
loop: base
floor 2
manager: base process
bin: *
foreign systemd/sd-event.h: loop
calls base process: fork kill
except loop/odd.cpp -> process: a reason
"""


class CheckLayers(unittest.TestCase):
    def problems(self, files, table=TABLE):
        with tempfile.TemporaryDirectory() as folder:
            common = {"layers.txt": table, "base/a.hpp": "", "process/a.hpp": "", "manager/a.hpp": "", "loop/a.hpp": ""}
            script.write(folder, common | files)
            return layers.check(Path(folder))

    def assert_one(self, problems, text):
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(text, problems[0])

    def test_a_downward_include_passes(self):
        self.assertEqual(self.problems({"manager/b.cpp": '#include "process/a.hpp"\n#include <vector>\n'}), [])

    def test_an_upward_include_is_refused_with_its_line(self):
        found = self.problems({"process/b.cpp": '\n#include "manager/a.hpp"\n'})
        self.assert_one(found, "process/b.cpp:2:")
        self.assertIn("floor 2", found[0])

    def test_a_neighbour_on_the_same_floor_is_refused(self):
        self.assert_one(self.problems({"process/b.cpp": '#include "loop/a.hpp"'}), "may not include loop")

    def test_a_lower_room_that_the_table_does_not_name_is_refused(self):
        self.assert_one(self.problems({"manager/b.cpp": '#include "loop/a.hpp"'}), "may not include loop")

    def test_a_star_means_everything_below_and_nothing_beside(self):
        self.assertEqual(self.problems({"bin/b.cpp": '#include "loop/a.hpp"'}), [])
        self.assert_one(self.problems({"bin/b.cpp": '#include "manager/a.hpp"'}), "may not include manager")

    def test_private_headers_are_private(self):
        files = {"process/detail/raw.hpp": "", "process/b.cpp": '#include "process/detail/raw.hpp"'}
        self.assertEqual(self.problems(files), [])
        self.assert_one(self.problems(files | {"manager/b.cpp": '#include "process/detail/raw.hpp"'}), "private to process")

    def test_a_foreign_header_stays_in_its_room(self):
        self.assertEqual(self.problems({"loop/b.cpp": "#include <systemd/sd-event.h>"}), [])
        self.assert_one(self.problems({"manager/b.cpp": "#include <systemd/sd-event.h>"}), "belongs to loop")

    def test_a_named_exception_lets_one_file_pass(self):
        self.assertEqual(self.problems({"loop/odd.cpp": '#include "process/a.hpp"'}), [])
        self.assert_one(self.problems({"loop/even.cpp": '#include "process/a.hpp"'}), "may not include process")

    def test_an_exception_that_nothing_needs_is_refused(self):
        self.assert_one(self.problems({"loop/odd.cpp": ""}), "the exception can go")

    def test_an_exception_without_a_reason_is_refused(self):
        self.assert_one(self.problems({}, TABLE + "except loop/b.cpp -> process:\n"), "cannot read")

    def test_project_headers_are_written_from_src(self):
        self.assert_one(self.problems({"process/b.cpp": '#include "a.hpp"'}), 'write "module/file.hpp"')
        self.assert_one(self.problems({"process/b.cpp": '#include "../base/a.hpp"'}), 'write "module/file.hpp"')
        self.assert_one(self.problems({"process/b.cpp": "#include <base/a.hpp>"}), 'write "base/a.hpp"')

    def test_a_header_that_is_not_there_is_named(self):
        self.assert_one(self.problems({"process/b.cpp": '#include "base/b.hpp"'}), "no such file")

    def test_an_include_by_macro_is_refused(self):
        self.assert_one(self.problems({"process/b.cpp": "#include HEADER"}), "by macro")

    def test_a_circle_of_headers_is_refused(self):
        found = self.problems({"base/b.hpp": '#include "base/c.hpp"', "base/c.hpp": '#include "base/b.hpp"'})
        self.assert_one(found, "base/b.hpp -> base/c.hpp -> base/b.hpp")

    def test_a_system_call_outside_its_rooms_is_refused_with_its_line(self):
        self.assertEqual(self.problems({"process/b.cpp": "auto p = ::fork();"}), [])
        self.assert_one(self.problems({"loop/b.cpp": "\nauto p = ::fork();"}), "loop/b.cpp:2: ::fork is called only in base, process")

    def test_a_function_of_ours_with_a_calls_name_is_not_that_call(self):
        text = "child.kill(x); base::sys::kill(x); kill(x); // never ::fork()\n"
        self.assertEqual(self.problems({"loop/b.cpp": text}), [])

    def test_an_exception_for_calls_lets_one_file_pass(self):
        table = TABLE + "except loop/c.cpp -> calls: a reason\n"
        self.assertEqual(self.problems({"loop/c.cpp": "::kill(1, 2);"}, table), [])
        self.assert_one(self.problems({"loop/c.cpp": ""}, table), "the exception can go")

    def test_a_link_that_the_table_forbids_is_refused(self):
        good = "mitori_module(base FOREIGN fmt::fmt)\nmitori_module(manager LINKS base process FOREIGN PkgConfig::X)\n"
        self.assertEqual(self.problems({"CMakeLists.txt": good}), [])
        self.assert_one(self.problems({"CMakeLists.txt": good + "mitori_module(process LINKS base loop)"}), "process links loop")

    def test_a_folder_without_a_line_is_refused(self):
        self.assert_one(self.problems({"attic/b.cpp": ""}), "no module")

    def test_a_table_that_allows_an_upward_include_is_refused(self):
        self.assert_one(self.problems({}, TABLE + "floor 3\nodd: top\nfloor 4\ntop:\n"), "not on a lower floor")

    def test_the_scripts_status_says_whether_something_was_found(self):
        with tempfile.TemporaryDirectory() as folder:
            script.write(folder, {"layers.txt": TABLE, "base/a.cpp": '#include "process/a.hpp"', "process/a.hpp": ""})
            refused = script.run(script.TOOLS / "check-layers", folder)
            script.write(folder, {"base/a.cpp": ""})
            passed = script.run(script.TOOLS / "check-layers", folder)
        self.assertEqual((refused.returncode, passed.returncode), (1, 0), refused.stdout + passed.stdout)
        self.assertIn("base/a.cpp:1:", refused.stdout)


if __name__ == "__main__":
    unittest.main()
