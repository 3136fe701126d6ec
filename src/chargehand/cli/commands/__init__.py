"""The commands: one module each. What a command needs it imports when it runs, so that --help is instant."""
