"""Measurements that publish a figure: score cards, speed, memory, and the real tables they run on."""
