"""Results for people (report, chart, Markdown), spreadsheets (workbook, CSV) and programs (JSON); the only writers.

Nothing here computes a quantity of the model: figures are grouped into periods, scaled, rounded and set in columns.
`rich` is imported by `report`, `cash_table` and `chart` alone, so CSV and JSON start without it; XlsxWriter by
`workbook` alone.
"""
