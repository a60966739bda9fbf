"""The map of layers, the module page, the lessons."""
