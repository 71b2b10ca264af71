"""Who did what, when and for whom: a book that is only written on, and proves that nothing was torn out."""
