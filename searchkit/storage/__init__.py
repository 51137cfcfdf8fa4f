"""What is a record, and where is it kept? The duties of a record, and the folder and lock of one on this machine."""
