"""The bundled model's training; see README.md beside this file."""
