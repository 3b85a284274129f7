"""Rules over a plan: pure, one idea per file, asked in the order of one tuple.

`unsafe.py` holds what guards data. It needs nothing but the two definitions of a table, so the data
plane asks it again before it carries a statement out.
"""
