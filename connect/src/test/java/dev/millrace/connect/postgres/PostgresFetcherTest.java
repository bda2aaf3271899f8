package dev.millrace.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.connect.lookup.Attempt;
import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Erred;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class PostgresFetcherTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Environment NONE = _ -> Optional.empty();

    private static Database database;

    @BeforeAll
    static void start(@TempDir Path folder) {
        database = Database.start(folder);
        database.run(
                "create table sites (id int primary key, name text, code text)",
                "insert into sites values (5, 'five', '05'), (6, null, '06')",
                "create role app login password 's3cret'",
                "grant select on sites to app");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    private static String url() {
        return "jdbc:postgresql://localhost:%d/postgres?user=postgres".formatted(database.port());
    }

    private static Attempt fetch(String url, String query, Object key, Duration timeout)
            throws UnusableSourceException {
        try (PostgresFetcher fetcher =
                PostgresFetcher.open(new LookupSource.Postgres(url, query), timeout, NONE)) {
            return fetcher.fetch(key);
        }
    }

    private static Answer answer(String query, Object key) throws UnusableSourceException {
        Attempt attempt = fetch(url(), query, key, TIMEOUT);
        assertThat(attempt).isInstanceOf(Answered.class);
        return ((Answered) attempt).answer();
    }

    @Test
    void numbersAndTextsFindColumnsOfEitherType() throws Exception {
        String byId = "select id, name from sites where id = ?";
        Answer five = new Answer.Found(Map.of("id", 5L, "name", "five"));

        assertThat(answer(byId, 5L)).isEqualTo(five);
        assertThat(answer(byId, "5")).isEqualTo(five);
        assertThat(answer(byId, 5.0)).isEqualTo(five);
        assertThat(answer("select id, name from sites where code = ?", "05")).isEqualTo(five);
        assertThat(answer("select id, name from sites where name = ?", 5L))
                .isEqualTo(new Answer.Nothing());
    }

    @Test
    void theFirstRowIsTheAnswer() throws Exception {
        assertThat(answer("select id from sites where id > ? order by id desc", 1L))
                .isEqualTo(new Answer.Found(Map.of("id", 6L)));
    }

    @Test
    void everyTypeBecomesAPlainValue() throws Exception {
        String query =
                """
                select ?::text as key, true as flag, 1::smallint as small, 2::bigint as big,
                  10.50::numeric as price, 10.0::numeric as whole, 'NaN'::numeric as nan,
                  0.25::float4 as single, '{"a": [1, null]}'::jsonb as doc,
                  '1970-01-02T00:00:00Z'::timestamptz as at, timestamp '1970-01-02' as local,
                  date '1970-01-02' as day, array[1, null] as numbers, array['x'] as texts,
                  '00000000-0000-0000-0000-000000000001'::uuid as uuid, null::int as nothing
                """;

        Map<?, ?> row = (Map<?, ?>) ((Answer.Found) answer(query, "k")).value();

        assertThat(row.values().toArray())
                .containsExactly(
                        "k",
                        true,
                        1L,
                        2L,
                        10.5,
                        10L,
                        "NaN",
                        0.25,
                        Map.of("a", Arrays.asList(1L, null)),
                        86_400_000L,
                        86_400_000L,
                        "1970-01-02",
                        Arrays.asList(1L, null),
                        List.of("x"),
                        "00000000-0000-0000-0000-000000000001",
                        null);
    }

    @Test
    void aWrongQueryHasFailedWithItsState() throws Exception {
        Answer.Failed failed = (Answer.Failed) answer("select * from nowhere where id = ?", 5L);

        assertThat(failed.code()).isEqualTo("lookup-sql-42p01");
        assertThat(failed.message()).contains("PostgreSQL at localhost", "SQLSTATE 42P01");
    }

    @Test
    void aKeyThatTheColumnCannotHoldHasFailedAndIsNotTold() throws Exception {
        Answer.Failed failed =
                (Answer.Failed) answer("select * from sites where id = ?", "ann@example.org");

        assertThat(failed.code()).isEqualTo("lookup-sql-22p02");
        assertThat(failed.message()).contains("SQLSTATE 22P02").doesNotContain("ann@example.org");
    }

    @Test
    void aQueryWithoutAPlaceForTheKeyHasFailed() throws Exception {
        assertThat(answer("select 1", 5L)).isInstanceOf(Answer.Failed.class);
    }

    @Test
    void aQueryThatTakesTooLongIsWorthAnotherTry() {
        // The timeout is that of connecting too, which a busy machine may not come to in time.
        await().untilAsserted(() -> {
            Attempt attempt =
                    fetch(url(), "select ?::text, pg_sleep(60)", "k", Duration.ofSeconds(2));

            assertThat(attempt).isInstanceOf(Erred.class);
            assertThat(((Erred) attempt).message()).contains("SQLSTATE 57014");
        });
    }

    @Test
    void aResultThatIsTooLargeHasFailed() throws Exception {
        Answer.Failed failed =
                (Answer.Failed) answer("select ?::text, repeat('x', 100000000)", "k");

        assertThat(failed.code()).isEqualTo("lookup-too-large");
    }

    @Test
    void aDatabaseThatIsNotThereIsWorthAnotherTry() throws Exception {
        Attempt attempt =
                fetch(
                        "postgresql://app:s3cret@localhost:1/postgres",
                        "select ?",
                        "k",
                        Duration.ofMillis(300));

        assertThat(attempt).isInstanceOf(Unavailable.class);
        assertThat(attempt.toString()).contains("localhost:1").doesNotContain("s3cret");
    }

    @Test
    void theUrlOfOtherProgramsIsReadToo() throws Exception {
        Attempt attempt =
                fetch(
                        "postgres://app:s%33cret@localhost:" + database.port() + "/postgres",
                        "select current_user as name where ?::text is not null",
                        "k",
                        TIMEOUT);

        assertThat(attempt).isEqualTo(new Answered(new Answer.Found(Map.of("name", "app"))));
    }

    @Test
    void urlsThatCannotBeReadAreRefusedWithoutTheirSecrets() {
        for (String url :
                List.of(
                        "mysql://u:s3cret@h/db",
                        "jdbc:mysql://h/db?password=s3cret",
                        "postgres://u:s3cret@/db",
                        "postgresql://u:s3cret@h o/db")) {
            assertThatThrownBy(() ->
                            PostgresFetcher.check(new LookupSource.Postgres(url, "select ?"), NONE))
                    .isInstanceOf(UnusableSourceException.class)
                    .hasMessageContaining("cannot be read")
                    .hasMessageNotContaining("s3cret");
        }
        assertThatThrownBy(() ->
                        PostgresFetcher.check(
                                new LookupSource.Postgres("${DATABASE_URL}", "select ?"), NONE))
                .hasMessageContaining("DATABASE_URL");
    }
}
