"""What the CI platform says that a job is about: one file a platform."""
