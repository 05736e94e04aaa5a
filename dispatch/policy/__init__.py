"""The operator's rules: promises, prices, windows, eligibility, commitment."""
