import tempfile
import unittest
from pathlib import Path

import script

sizes = script.load("check-sizes")


def body(lines):
    return "".join(f"    call({n});\n" for n in range(lines))


def names(text):
    return [(f.name, f.line, f.lines) for f in sizes.functions_in(text)]


class Functions(unittest.TestCase):
    def test_a_function_is_measured_from_its_first_line_to_its_brace(self):
        self.assertEqual(names("\nint f(int a)\n{\n    return a;\n}\n"), [("f", 2, 4)])

    def test_members_and_nested_namespaces_are_entered(self):
        text = "namespace a {\nnamespace {\nstruct S : B {\n    int x{4};\n    int g() const noexcept { return x; }\n};\n}\n}\n"
        self.assertEqual(names(text), [("g", 5, 1)])

    def test_blocks_inside_a_function_belong_to_it(self):
        text = "void f() {\n    auto l = [] { return 1; };\n    if (a) {\n        struct T { int y() { return 1; } };\n    }\n}\n"
        self.assertEqual(names(text), [("f", 1, 6)])

    def test_a_constructors_list_with_braces_is_not_its_body(self):
        self.assertEqual(names("S::S(int a) noexcept : x_{a}, y_(a), z_{1} {\n    go();\n}\n"), [("S::S", 1, 3)])

    def test_a_table_is_not_a_function(self):
        self.assertEqual(names('constexpr Row rows[] = {\n    row<&U::a>("x", []() { return 1; }),\n    {1, 2},\n};\n'), [])

    def test_a_lambda_with_a_name_is_one(self):
        self.assertEqual(names("constexpr auto twice = [](int a) {\n    return 2 * a;\n};\n"), [("twice", 1, 3)])

    def test_braces_in_literals_comments_and_macros_do_not_count(self):
        text = "void f() {\n    // {\n    auto s = R\"x({{\n)x\"; char c = '{'; /* { */ auto n = 1'000; puts(\"{\\\"{\");\n}\n#define M {\nvoid g() {\n}\n"
        self.assertEqual(names(text), [("f", 1, 5), ("g", 7, 2)])

    def test_operators_and_attributes_are_read(self):
        text = "struct S {\n    S& operator=(S&& o) noexcept {\n        return *this;\n    }\n};\n[[noreturn]] void stop() {\n}\n"
        self.assertEqual(names(text), [("operator=", 2, 3), ("stop", 6, 2)])

    def test_a_case_of_gtest_has_its_sentence_as_name(self):
        self.assertEqual(names("TEST(Restart, waits) {\n}\n"), [("Restart.waits", 1, 2)])


class Check(unittest.TestCase):
    def problems(self, files, exceptions="most 0\n"):
        with tempfile.TemporaryDirectory() as folder:
            script.write(folder, {"tools/sizes-exceptions.txt": exceptions} | files)
            return sizes.check(Path(folder))

    def assert_one(self, problems, text):
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(text, problems[0])

    def test_sixty_lines_pass_and_one_more_does_not(self):
        self.assertEqual(self.problems({"src/a.cpp": "void f() {\n" + body(58) + "}\n"}), [])
        self.assert_one(self.problems({"src/a.cpp": "\nvoid f() {\n" + body(59) + "}\n"}), "src/a.cpp:2: f is 61 lines long")

    def test_files_and_headers_have_their_own_limits(self):
        self.assertEqual(self.problems({"src/a.cpp": "\n" * 500, "src/a.hpp": "\n" * 250}), [])
        self.assert_one(self.problems({"src/a.cpp": "\n" * 501}), "501 lines long, at most 500")
        self.assert_one(self.problems({"src/a.hpp": "\n" * 251}), "251 lines long, at most 250")

    def test_an_exception_holds_its_size_and_no_more(self):
        listed = "most 1\n501 src/a.cpp: a reason\n"
        self.assertEqual(self.problems({"src/a.cpp": "\n" * 501}, listed), [])
        self.assert_one(self.problems({"src/a.cpp": "\n" * 502}, listed), "may only shrink")

    def test_an_exception_that_nothing_needs_is_refused(self):
        self.assert_one(self.problems({"src/a.cpp": "\n" * 9}, "most 1\n501 src/a.cpp: a reason\n"), "can go")

    def test_more_exceptions_than_the_list_allows_are_refused(self):
        listed = "most 0\n501 src/a.cpp: a reason\n"
        self.assert_one(self.problems({"src/a.cpp": "\n" * 501}, listed), "the list may only shrink")

    def test_an_exception_without_a_reason_is_refused(self):
        self.assert_one(self.problems({}, "most 1\n501 src/a.cpp\n"), "write `LINES")


if __name__ == "__main__":
    unittest.main()
