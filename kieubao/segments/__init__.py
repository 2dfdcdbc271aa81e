"""Segments of people that lists are made of: saved, counted and explained."""
