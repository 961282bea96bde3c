"""One plantable fault a file: breaks a healthy case in a known way."""
