"""What a user can hand over, as small frozen types."""
