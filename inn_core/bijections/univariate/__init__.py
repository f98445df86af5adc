"""What a coupling does to its active coordinate: increasing maps of one variable, as pure maths.

A univariate knows nothing of networks. ``constrain`` turns raw numbers (any real number will do)
into valid parameters; zero raw parameters give the identity.
"""
