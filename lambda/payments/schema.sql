-- Payments of the payment API, on the source and on the target.
--
-- varchar instead of text: DMS replicates text as a large object, separately from its row.
-- The card is a token of the vault; no card number is ever stored (PCI DSS 3.3, 3.5).
create table if not exists payment (
    id              uuid primary key,
    principal       varchar(128) not null,
    idempotency_key varchar(64) not null,
    amount          bigint not null,
    currency        char(3) not null,
    token           varchar(128) not null,
    status          varchar(16) not null default 'accepted',
    created_at      timestamptz not null default now(),
    constraint payment_amount check (amount > 0),
    constraint payment_currency check (currency ~ '^[A-Z]{3}$'),
    constraint payment_idempotency unique (principal, idempotency_key)
);
