"""Planted stories, one module a scenario: families whose warnings are known before any rule runs."""
