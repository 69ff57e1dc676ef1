"""An interior point method for large sparse plans that factors no matrix of their products."""
