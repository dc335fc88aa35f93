"""Files of users, read and written with care: bounds on what is read, nothing written half, no formula runs."""
