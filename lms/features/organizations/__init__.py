"""The tree of districts, subdistricts, enterprises and departments, and who works where."""
