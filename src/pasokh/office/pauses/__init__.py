"""Why somebody is not ready, as the organisation names it: a break, lunch, training and the like."""
