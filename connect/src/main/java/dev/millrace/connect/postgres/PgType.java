package dev.millrace.connect.postgres;

import java.util.Set;

/** What it is made as, and what may stand there instead since it can hold the values too. */
enum PgType {
    TEXT("text", Set.of("text", "varchar")),
    INTEGER("integer", Set.of("int4", "int8", "numeric")),
    BIGINT("bigint", Set.of("int8", "int4", "int2", "numeric")),
    NUMERIC("numeric", Set.of("numeric", "float8")),
    BOOLEAN("boolean", Set.of("bool")),
    TIME("timestamp with time zone", Set.of("timestamptz")),
    JSON("jsonb", Set.of("jsonb", "json"));

    private final String sql;
    private final Set<String> accepted;

    PgType(String sql, Set<String> accepted) {
        this.sql = sql;
        this.accepted = accepted;
    }

    String sql() {
        return sql;
    }

    /**
     * @param internal the name of a type in {@code pg_type}
     */
    boolean accepts(String internal) {
        return accepted.contains(internal);
    }

    /** A time comes in as milliseconds, since nothing else writes every time alike. */
    String staged() {
        return this == TIME ? BIGINT.sql : sql;
    }
}
