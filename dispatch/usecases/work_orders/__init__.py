"""The life of orders: each use case is one transition, or one look at many orders."""
