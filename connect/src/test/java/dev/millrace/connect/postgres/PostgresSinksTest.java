package dev.millrace.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.GroupField;
import dev.millrace.core.connector.RowShape.ValueField;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a definition may say of them. */
class PostgresSinksTest {
    private static final String URL = "postgresql://app:s3cret@db:5432/app";

    private static Optional<String> problem(
            List<String> from, Map<String, Object> settings, RowShape... shapes) {
        return new PostgresSinks(_ -> Optional.empty())
                .problem(Database.context(from, settings, List.of(shapes), Database.TIMEOUT));
    }

    private static Optional<String> tables(List<String> from, Map<String, String> tables) {
        return problem(from, Map.of("url", URL, "tables", tables));
    }

    private static RowShape shape(String group, String value) {
        return new RowShape(
                "views",
                List.of(new GroupField(group, false)),
                List.of(new ValueField(value, RowShape.Type.INTEGER)));
    }

    @Test
    void oneTableForOneFeedAndANamedOneForEachOfSeveral() {
        assertThat(problem(List.of("views"), Map.of("url", URL, "table", "web_views"))).isEmpty();
        assertThat(
                        tables(
                                List.of("views", "alerts"),
                                Map.of("views", "s.views", "alerts", "s.alerts")))
                .isEmpty();
    }

    @Test
    void whatCannotBeIsToldInASentence() {
        List<String> two = List.of("views", "events");
        assertThat(problem(List.of("views"), Map.of("url", URL)))
                .get()
                .asString()
                .contains("table");
        assertThat(problem(two, Map.of("url", URL, "table", "t")))
                .get()
                .asString()
                .contains("needs a table for each");
        assertThat(tables(two, Map.of("views", "v"))).hasValue("tables has none for events");
        assertThat(tables(two, Map.of("views", "v", "events", "v")))
                .get()
                .asString()
                .contains("cannot share");
        assertThat(tables(two, Map.of("views", "a.v", "events", "b.v")))
                .get()
                .asString()
                .contains("one schema");
        assertThat(tables(List.of("views"), Map.of("views", "v", "other", "o")))
                .get()
                .asString()
                .contains("other");
        assertThat(tables(List.of("views"), Map.of("views", "a.b.c")))
                .get()
                .asString()
                .contains("a.b.c");
        assertThat(tables(List.of("views"), Map.of("views", "v".repeat(64))))
                .get()
                .asString()
                .contains("63 bytes");
        assertThat(problem(List.of("views"), Map.of("url", "${NOT_SET}", "table", "v")))
                .get()
                .asString()
                .contains("NOT_SET");
        assertThat(problem(List.of("views"), Map.of("url", "mysql://u:s3cret@h/d", "table", "v")))
                .get()
                .asString()
                .contains("cannot be read")
                .doesNotContain("s3cret");
    }

    @Test
    void columnsThatWouldClashAreToldBeforehand() {
        Map<String, Object> settings = Map.of("url", URL, "table", "v");
        List<String> views = List.of("views");

        assertThat(problem(views, settings, shape("data.path", "path"))).isEmpty();
        assertThat(problem(views, settings, shape("data.path", "revision")))
                .get()
                .asString()
                .contains("revision");
        assertThat(problem(views, settings, shape("data.path", "data_path"))).isEmpty();
        assertThat(problem(views, settings, shape("data." + "x".repeat(64), "views")))
                .get()
                .asString()
                .contains("longer than 63 bytes");
    }
}
