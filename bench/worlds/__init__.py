"""Acts: makes two-sided practice lists of which the truth is known. Everything follows from a seed.

``vocabulary`` has the words, ``population`` the hidden clients and who is related to whom, ``noise`` what typing does
to names, ``lists`` the two lists. The rates are assumptions, named in ``Rates``; they rank methods and catch
regressions, and promise nothing about anybody's books.
"""
