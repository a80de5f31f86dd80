"""With which technology does mail go out? SMTP."""
