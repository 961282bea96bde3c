"""Where rung talks to people and programs."""
