"""The remi command."""
