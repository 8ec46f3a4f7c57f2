"""The screens: a rollout, and the versions of its function."""
