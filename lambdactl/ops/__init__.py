"""What is done with a plan, told as it happens: generators of events, time handed in."""
