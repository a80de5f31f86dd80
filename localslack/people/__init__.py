"""What people do: each verb of the control interface is one function here, grouped by what it is about."""
