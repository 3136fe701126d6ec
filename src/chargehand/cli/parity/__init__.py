"""The steps of `chargehand parity`: one module each. What a step needs it imports when it runs."""
