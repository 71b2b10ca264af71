"""The portal: where schools and their organising powers keep, declare and follow their staff.

It reaches the register only through the `Register` interface. Folders by subject: `accounts` (who may do what),
`schools`, `staff` (persons, appointments and the mirror of periods), `declare` (drafts and filings), `inbox`, `home`,
`deadlines`, `guide`, `quick` (the page that asks for no account); `site` holds what they share, `demo` the data of the
sandbox.
"""
