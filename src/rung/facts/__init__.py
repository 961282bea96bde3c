"""What is worked out from the inputs, each once: one type and the function that yields it a file."""
