"""What the functions may do, held against what their code calls."""
