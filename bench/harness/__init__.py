"""What bench/run is made of: processes (what they use), marks (who has come to life), managers (the ones that are
compared), claims (one table each), place (the private namespace and control group it all happens in)."""
