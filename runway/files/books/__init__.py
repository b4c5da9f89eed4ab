"""Exports of books as they come: bank statements, ledgers, profit and loss by month, payroll, payment services."""
