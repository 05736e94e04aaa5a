"""The rules of the independent checker, one group a file; `dispatch.check` is its front."""
