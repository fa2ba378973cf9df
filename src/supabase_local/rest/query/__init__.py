"""Write the one statement of a request from its plan."""
