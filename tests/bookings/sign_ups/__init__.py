"""Who comes when, tested: from the invitation to the appointment. What is booked is tested one floor up."""
