"""What is Chinese about it: script folding, words, quantities and dates, names."""
