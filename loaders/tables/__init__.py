"""What lies between a file and the tables of the dictionary: how it is encoded, and where its headings are."""
