"""With which technology is a report printed? matplotlib draws its charts, fpdf2 lays out its pages.

Both are imported by a child process only, made for one report: `python -m bot.adapters.printing`.
"""
