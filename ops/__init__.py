"""What operators run: the command line, the stand-ins, benchmarks and campaigns."""
