"""`python -m tools.stories`: plays them all, and says what each took."""

from tools.stories.play import main

main()
