"""An AWS account on localhost that really performs rollouts.

Reached like AWS itself, over HTTP, by any client that takes an endpoint. It shares no code with the
rooms that talk to it: were there one, a single mistake would agree with itself.
"""
