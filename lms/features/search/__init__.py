"""Finding words in Chinese and English text, on both databases alike."""
