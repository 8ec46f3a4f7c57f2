"""The dialogs: a plan to be confirmed, and what can be read without leaving a screen."""
