"""The schema this code was written for: the newest migration's id. A test holds both ends."""

HEAD = "0010"
