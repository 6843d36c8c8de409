"""What all tests share: a property may take long on a busy machine, and is no worse for it."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
