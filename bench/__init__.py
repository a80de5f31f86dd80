"""Benchmarks of the bot in comparison with minimal Bolt apps."""
