"""What an incident would cost: what is kept of it, its words, table and chart."""
