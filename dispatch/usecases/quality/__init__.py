"""How visits are done, and what follows them: tests, checklists, questions, surveys, follow-ups, figures."""
