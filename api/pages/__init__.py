"""Pages for people, rendered here: customers by link, technicians on a phone, dispatchers and supervisors at a desk."""
