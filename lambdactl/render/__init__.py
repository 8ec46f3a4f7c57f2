"""What we know, in words: one wording for the console and for the command line.

A snapshot, a plan or an event goes in; glyphs, lines, tables and JSON come out. Nothing here asks
AWS, prints, or reads a clock. Text that came from AWS passes through
:func:`~lambdactl.render.visible.visible` once, on its way into a line.
"""
