"""The size budgets: a file over one holds a second idea."""

from statistics import median, quantiles

from tests.architecture.source_tree import all_files, functions, line_count, place, product_files

MODULE_LINES = 500
TEST_LINES = 30


def test_no_module_is_longer_than_500_lines() -> None:
    long = {
        place(path): line_count(path) for path in all_files() if line_count(path) > MODULE_LINES
    }
    assert long == {}


def test_half_of_the_modules_fit_in_150_lines_and_nine_of_ten_in_300() -> None:
    lengths = [line_count(path) for path in product_files() if line_count(path)]
    assert median(lengths) <= 150
    assert quantiles(lengths, n=10)[-1] <= 300


def test_no_function_is_longer_than_50_lines() -> None:
    long = {name: n for path in all_files() for name, n in functions(path) if n > 50}
    assert long == {}


def test_half_of_the_functions_fit_in_10_lines() -> None:
    assert median(n for path in product_files() for _, n in functions(path)) <= 10


def test_no_test_is_longer_than_30_lines() -> None:
    long = {
        name: n
        for path in all_files()
        for name, n in functions(path)
        if ":test_" in name and n > TEST_LINES
    }
    assert long == {}
