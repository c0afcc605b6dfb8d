"""One application for everything a family asks for: filled once, handed in anywhere, told once what is missing, then examined."""
