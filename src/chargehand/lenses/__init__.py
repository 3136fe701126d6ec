"""The lenses: what each looks for, and the rules that its findings are instances of."""
