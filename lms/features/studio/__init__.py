"""The instructor's desk: uploaded modules, their learners and questions, what is due for review."""
