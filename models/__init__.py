"""The mathematics of the planner: the question (case), the answer (design), the model in blocks, and its recheck.

Knows no files, no spreadsheets, no printing and no solver. Start with README.md beside this file."""
