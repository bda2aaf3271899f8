package dev.millrace.connect.postgres;

import dev.millrace.core.connector.SinkItem;

import java.util.List;
import java.util.Optional;

/** The tables of events and alerts, which are kept as {@code jsonb}. */
final class JsonTables {
    private JsonTables() {}

    /**
     * Events: known by who put them out and their place in the sink, so that a rewind writes none
     * twice.
     */
    record Events(TableName name, String owner) implements SinkTable {
        @Override
        public List<Column> columns() {
            return List.of(
                    Column.required("owner", PgType.TEXT),
                    Column.required("position", PgType.BIGINT),
                    Column.required("event", PgType.JSON));
        }

        @Override
        public List<String> key() {
            return List.of("owner", "position");
        }

        @Override
        public Optional<String> unfit(SinkItem item) {
            return Optional.empty();
        }

        @Override
        public void write(SinkItem item, CopyText out) {
            out.cell(owner).cell(item.position()).cell(item.json()).endLine();
        }

        @Override
        public List<String> merge(String staging, List<SinkItem> items) {
            return List.of(insert(staging, "") + "NOTHING");
        }
    }

    /** Alerts: the newest state of each; one that has ended is not opened again by a replay. */
    record Alerts(TableName name) implements SinkTable {
        @Override
        public List<Column> columns() {
            return List.of(
                    Column.required("id", PgType.TEXT), Column.required("alert", PgType.JSON));
        }

        @Override
        public List<String> key() {
            return List.of("id");
        }

        @Override
        public Optional<String> unfit(SinkItem item) {
            return item instanceof SinkItem.AlertItem(long _, String id, byte[] _)
                    ? Texts.unfit(id)
                    : Optional.empty();
        }

        @Override
        public void write(SinkItem item, CopyText out) {
            if (item instanceof SinkItem.AlertItem(long _, String id, byte[] json)) {
                out.cell(id).cell(json).endLine();
            }
        }

        @Override
        public List<String> merge(String staging, List<SinkItem> items) {
            return List.of(
                    insert(staging, "")
                            + "UPDATE SET alert = excluded.alert WHERE t.alert ->> 'state' <>"
                            + " 'ended' OR excluded.alert ->> 'state' = 'ended'");
        }
    }
}
