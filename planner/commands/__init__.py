"""The commands of `aidc`, one file each. Heavy imports stand inside the functions, so that help appears at once."""
