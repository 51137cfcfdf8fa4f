"""How does an article get into the record, and the record into the index?"""
