package dev.millrace.connect.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.lookup.LookupStatus.State;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

class TableLookupTest {
    private static final Answer NOTHING = new Answer.Nothing();

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void writeTable() throws IOException {
        file = folder.resolve("s.csv");
        write("id,n\n5,50\n");
    }

    private void write(String content) throws IOException {
        Files.writeString(file, content);
    }

    private TableLookup open() {
        return new TableLookup(
                "site",
                new LookupSource.Table("s.csv", Optional.of("id")),
                new TableFolders(List.of(folder)),
                () -> Instant.ofEpochMilli(7));
    }

    private static Answer found(long id, long n) {
        return new Answer.Found(Map.of("id", id, "n", n));
    }

    @Test
    void numbersAndTextsThatReadAlikeMatch() {
        TableLookup lookup = open();

        assertThat(lookup.known("5")).isEqualTo(found(5, 50));
        assertThat(lookup.known(5L)).isEqualTo(found(5, 50));
        assertThat(lookup.known(5.0)).isEqualTo(found(5, 50));
        assertThat(lookup.known(5.5)).isEqualTo(NOTHING);
        assertThat(lookup.known(true)).isEqualTo(NOTHING);
    }

    @Test
    void aChangeIsTakenUpOnceTheFileRests() throws IOException {
        TableLookup lookup = open();
        write("id,n\n5,51\n6,60\n");

        lookup.refresh();
        assertThat(lookup.known("6")).isEqualTo(NOTHING);
        write("id,n\n5,52\n6,60\n7,70\n");
        lookup.refresh();
        assertThat(lookup.known("6")).isEqualTo(NOTHING);
        lookup.refresh();

        assertThat(lookup.known("5")).isEqualTo(found(5, 52));
        assertThat(lookup.known("7")).isEqualTo(found(7, 70));
    }

    @Test
    void aBrokenNewVersionKeepsTheTableAndIsToldInTheStatus() throws IOException {
        TableLookup lookup = open();
        write("id,n\n5,51\n5,52\n");
        lookup.refresh();
        lookup.refresh();

        assertThat(lookup.known("5")).isEqualTo(found(5, 50));
        assertThat(lookup.status().state()).isEqualTo(State.CLOSED);
        assertThat(lookup.status().lastError().orElseThrow()).contains("'5'", "line 2", "line 3");

        write("id,n\n5,53\n");
        lookup.refresh();
        lookup.refresh();

        assertThat(lookup.known("5")).isEqualTo(found(5, 53));
        assertThat(lookup.status().lastError()).isEmpty();
    }

    @Test
    void aFileThatIsDeletedKeepsTheTable() throws IOException {
        TableLookup lookup = open();
        Files.delete(file);
        lookup.refresh();

        assertThat(lookup.known("5")).isEqualTo(found(5, 50));
        assertThat(lookup.status().lastError().orElseThrow()).contains("no table s.csv");
    }

    @Test
    void withoutATableKeysWaitUntilThereIsOne() throws IOException {
        Files.delete(file);
        TableLookup lookup = open();

        assertThat(lookup.known("5")).isNull();
        CompletableFuture<Answer> five = lookup.fetch("5").toCompletableFuture();
        CompletableFuture<Answer> six = lookup.fetch(6L).toCompletableFuture();
        assertThat(five).isNotDone();
        assertThat(lookup.status().state()).isEqualTo(State.OPEN);
        assertThat(lookup.status().waiting()).isEqualTo(2);

        write("id,n\n5,50\n");
        lookup.refresh();
        lookup.refresh();

        assertThat(five).isCompletedWithValue(found(5, 50));
        assertThat(six).isCompletedWithValue(NOTHING);
        assertThat(lookup.status().state()).isEqualTo(State.CLOSED);
        assertThat(lookup.status().waiting()).isZero();
    }
}
