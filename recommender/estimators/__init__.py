"""Estimators that learn from what learners did; each follows scikit-learn's contract."""
