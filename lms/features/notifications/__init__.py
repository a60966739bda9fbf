"""One inbox on screen per person: nothing happens to a person without a notice."""
