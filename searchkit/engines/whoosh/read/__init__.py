"""How is a query answered from segments of arrays?"""
