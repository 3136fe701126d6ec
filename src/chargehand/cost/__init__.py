"""Money: prices, the ledger, the bill, and what the same work would have cost otherwise."""
