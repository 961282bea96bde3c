"""Training runs with one planted fault, and healthy ones that look odd."""
