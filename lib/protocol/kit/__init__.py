"""The integrator's kit: from a platform's papers to a dialect that is tried before anybody is asked.

* :mod:`.schema_tree` reads a platform's XSD and WSDL, :mod:`.leaves` lists the places that a value may have;
* :mod:`.matching` proposes which attribute of our messages each place is, by the words of :mod:`.words`;
* :mod:`.draft` writes the field table of the proposal, with what nobody knows listed on both sides;
* :mod:`.check` holds a table against its schemas both ways, by generated messages, and shows samples of each;
* :mod:`.play` has the sandbox insurer speak the dialect;
* :mod:`.folder` is a platform's files in one folder, which ``./dev platform`` works on.
"""
