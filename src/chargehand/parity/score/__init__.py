"""What each fleet found of what is known to be there, how sure that is, and whether the cheap one will do."""
