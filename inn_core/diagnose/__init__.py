"""What can be measured on any flow: the app's check panel and the tests call the same functions.

Everything here sees a model as public functions (encode, decode, log_prob, sample) and nothing
else, so that a wrong flow cannot hide behind its own bookkeeping.
"""
