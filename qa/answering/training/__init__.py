"""Trains the reader: a published encoder, human questions, questions on local reports, weights. The home of torch."""
