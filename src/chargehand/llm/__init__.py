"""Everything that speaks to models, and what that costs."""
