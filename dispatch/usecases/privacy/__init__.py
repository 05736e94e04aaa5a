"""Personal data: kept apart, masked, revealed for a reason, exported, erased, forgotten in time."""
