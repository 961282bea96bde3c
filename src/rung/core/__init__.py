"""The nouns of rung as plain types. Imports the standard library only."""
