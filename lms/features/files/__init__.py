"""Files that people bring: archives checked before a byte is unpacked, work done in a child with limits."""
