"""Backups that restore: made online from one state of the database, sealed to two people, compared by digest."""
