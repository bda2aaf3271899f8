package dev.millrace.connect.postgres;

/**
 * A column that a sink writes.
 *
 * @param isNullable whether it may hold nothing
 */
record Column(String name, PgType type, boolean isNullable) {
    static Column required(String name, PgType type) {
        return new Column(name, type, false);
    }

    static Column optional(String name, PgType type) {
        return new Column(name, type, true);
    }

    String quoted() {
        return TableName.quote(name);
    }

    /** For {@code CREATE TABLE}. */
    String definition() {
        return quoted() + " " + type.sql() + (isNullable ? "" : " NOT NULL");
    }

    /** For the temporary table that COPY fills. */
    String staging() {
        return quoted() + " " + type.staged();
    }

    /** Its value, from the temporary table {@code s}. */
    String fromStaging() {
        return type == PgType.TIME
                ? "timestamptz 'epoch' + s." + quoted() + " * interval '1 millisecond'"
                : "s." + quoted();
    }
}
