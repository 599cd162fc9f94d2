"""Room 5: change weights. Lightning lives here and nowhere else."""
