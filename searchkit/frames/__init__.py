"""How do results become columns of another library: Arrow, pandas, polars?"""
