"""Tables that people keep in spreadsheets: CSV and XLSX files of orders, technicians and shifts, read as documents."""
