-- Programs that may ask for access tokens. A registration is replaced or revoked, never changed: tokens name it.
CREATE TABLE client (
    serial bigint GENERATED ALWAYS AS IDENTITY,
    id text NOT NULL,
    public_key text NOT NULL,
    valid_until timestamptz,
    employers text[],
    scopes text[] NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT client_is_found_by_serial PRIMARY KEY (serial)
);
CREATE UNIQUE INDEX client_has_one_registration_in_force ON client (id) WHERE revoked_at IS NULL;

-- Assertions that were exchanged for a token, until they would expire; the digest covers the client and its `jti`.
CREATE TABLE used_assertion (
    digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT used_assertion_is_used_once PRIMARY KEY (digest)
);
CREATE INDEX used_assertion_serves_cleaning ON used_assertion (expires_at);

-- The key that signs access tokens, shared by all server processes; `version` grows with each change of the clients.
CREATE TABLE access_state (
    is_only_row boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    token_key bytea NOT NULL,
    CONSTRAINT access_state_has_one_row PRIMARY KEY (is_only_row),
    CONSTRAINT access_state_has_no_second_row CHECK (is_only_row)
);
