"""The engine: discovers what may have changed, observes both sides, and carries out the planner's decisions."""
