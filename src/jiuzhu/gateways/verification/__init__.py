"""Departments that are asked about one person at a time: questions under our numbers, answers at once, later, or refused."""
