"""What managers and supervisors see of many people at once: team pages and district pages."""
