"""The award of a tender as documents: award.xlsx and a one-page recommendation."""
