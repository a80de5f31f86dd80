"""Prints reports: matplotlib draws the charts, fpdf2 lays out the pages.

Both are imported by a child process only, made for one report: `python -m bot.adapters.printing`.
"""
