"""How a change is reviewed by models: plan, work, judge."""
