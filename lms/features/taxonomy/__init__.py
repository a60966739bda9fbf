"""Skills, job roles and what a role requires: what people and modules both refer to."""
