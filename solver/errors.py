"""What can go wrong in the solver."""


class SolverError(Exception):
    """Root of the solver's exceptions."""


class InvalidProblemError(SolverError, ValueError):
    """A `Problem` breaks its contract; the message names the field, what was found and what was expected."""


class InfeasibleRouteError(SolverError, ValueError):
    """A route that was to be evaluated breaks a rule."""


class InvalidRoutesError(SolverError, ValueError):
    """Routes that were given name an order twice, or an order or shift that does not exist."""


class InvalidParamsError(SolverError, ValueError):
    """A parameter of the search lies outside its range."""
