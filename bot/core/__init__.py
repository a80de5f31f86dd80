"""Core utilities without any knowledge of tickets."""
