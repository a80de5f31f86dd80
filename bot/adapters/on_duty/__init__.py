"""People on duty by an iCal calendar."""
