"""The project's tool behind ``./dev``: a developer's and an evaluator's, no shop needs it.

Everything it makes lies in the ignored folder ``.dev``. Until its virtual environment stands (see ``venv``), only
the standard library is at hand: modules that need a package import it where they use it.
"""
