"""What do the layers exchange? Articles, results, counts, reports: frozen records that depend on no layer."""
