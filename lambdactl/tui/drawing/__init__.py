"""What the console draws: plain functions from values to lines, without widget or clock."""
