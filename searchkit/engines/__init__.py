"""What must an index be able to do, and by which formulas does it rank? One module or package per engine."""
