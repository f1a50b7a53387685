"""Charts of report.html as SVG text, drawn by Altair and vl-convert, imported only when a chart is drawn."""
