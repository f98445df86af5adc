"""A trained 2-D flow as small tables that a browser can run, and their wire format.

``evaluate`` reads the tables (numpy), ``tabulate`` makes them (torch), ``codec`` and ``runfile``
carry them. ``assets/stage/maps.js`` says the same as ``evaluate``, line for line the same ideas.
"""
