"""What the desk says, a catalogue for each language. `python -m texts` gathers them anew from the code."""
