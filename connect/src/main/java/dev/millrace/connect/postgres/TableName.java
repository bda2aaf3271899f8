package dev.millrace.connect.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as a definition names it: {@code views}, or {@code stats.views} in a schema.
 *
 * @param schema empty: where the search path leads
 */
record TableName(Optional<String> schema, String table) {
    /** PostgreSQL cuts off what is longer, in silence. */
    static final int NAME_BYTES_MAX = 63;

    private static final Pattern WRITTEN = Pattern.compile("(?:([^.\\x00]+)\\.)?([^.\\x00]+)");

    /** Empty if it is no name of a table. */
    static Optional<TableName> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        TableName name = new TableName(Optional.ofNullable(matcher.group(1)), matcher.group(2));
        return fits(name.table) && name.schema.map(TableName::fits).orElse(true)
                ? Optional.of(name)
                : Optional.empty();
    }

    /** Whether PostgreSQL takes it as a name without cutting it. */
    static boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX;
    }

    /** Another one in the same schema. */
    TableName beside(String other) {
        return new TableName(schema, other);
    }

    /** As SQL has it. */
    String quoted() {
        return schema.map(name -> quote(name) + "." + quote(table)).orElse(quote(table));
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return schema.map(name -> name + "." + table).orElse(table);
    }
}
