package dev.millrace.core.pipeline;

import java.util.Map;
import java.util.Optional;

/** Where an enrich stage looks things up. */
public sealed interface LookupSource {
    /**
     * A CSV or JSON file, taken up again when it changes.
     *
     * @param file as it was written; hosts decide where such files lie
     * @param column that is compared with the event's field; absent: the first
     */
    record Table(String file, Optional<String> column) implements LookupSource {}

    /**
     * A query of PostgreSQL.
     *
     * @param url of JDBC, as it was written, with {@code ${NAME}} for what the host's environment
     *     gives
     * @param query with one {@code ?} for the value; its first row is the answer
     */
    record Postgres(String url, String query) implements LookupSource {}

    /**
     * A GET request.
     *
     * @param url with {@code {value}} for the value, percent-encoded, and {@code ${NAME}} for what
     *     the host's environment gives
     * @param headers likewise
     */
    record Http(String url, Map<String, String> headers) implements LookupSource {
        public Http {
            headers = Map.copyOf(headers);
        }
    }
}
