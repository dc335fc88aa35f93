"""The desk in the browser: asks, tries and decides with the same functions as the commands."""
