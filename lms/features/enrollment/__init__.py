"""A learner's place in a module version, and recognition of prior learning."""
