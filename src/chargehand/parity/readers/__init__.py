"""A judge model and people, who say what findings are worth and do not know which fleet spoke."""
