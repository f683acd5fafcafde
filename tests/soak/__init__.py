"""A soak: the service polls many sources for days, in compressed time, while publishers fail and it is killed."""
