"""Rules of the programme: pure Python, no Flask, no SQL, no clock of its own."""
