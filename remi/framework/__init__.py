"""Load a framework file, check it and say what it holds."""
