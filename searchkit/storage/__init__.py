"""How is the record kept on disk? The tables of archive.db, the folder around it, and the lock for those who write."""
