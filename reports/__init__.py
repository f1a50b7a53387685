"""From answers to documents: plan.xlsx and report.html. Computes no engineering number; rounds, formats and draws."""
