"""Trains the reader: tables from plain text, questions made from news, human questions, weights. The home of torch."""
