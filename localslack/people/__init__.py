"""Actions of people: each verb of the control interface is one function here, grouped by subject."""
