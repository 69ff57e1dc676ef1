"""A first-order method for plans: products with the matrix only, on the CPU or a GPU."""
