package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

class LetterTidyTest {
    private static final int LETTERS = 1_000;

    @TempDir Path directory;
    private Database database;
    private Letters letters;
    private final Gate gate = new Gate();

    @BeforeEach
    void open() {
        database = Database.open(directory, StoreOptions.defaults());
        letters = new Letters(database, 1, new LetterTidy(database, 1, gate, LETTERS - 1));
    }

    @AfterEach
    void close() {
        gate.shut("the test is over", () -> {});
        database.close();
    }

    @Test
    void removedLettersLeaveNothingBehind() {
        write(IntStream.range(0, LETTERS).<LetterChange>mapToObj(LetterTidyTest::put).toList());
        write(IntStream.range(1, LETTERS).<LetterChange>mapToObj(LetterTidyTest::remove).toList());

        await().untilAsserted(() -> assertThat(entries()).isEqualTo(3));
        assertThat(letters.letterCount()).isEqualTo(1);
    }

    @Test
    void aCompactionThatIsCancelledIsNoHarm() {
        write(IntStream.range(0, LETTERS).<LetterChange>mapToObj(LetterTidyTest::put).toList());
        database.stopWaiting();
        write(IntStream.range(1, LETTERS).<LetterChange>mapToObj(LetterTidyTest::remove).toList());
        assertThat(letters.letterCount()).isEqualTo(1);
    }

    /** What lies in files, marks of removals included: a letter and its two places in the index. */
    private long entries() {
        return database.files(database.letters()).stream().mapToLong(it -> it.numEntries()).sum()
                + database.files(database.letterIndex()).stream()
                        .mapToLong(it -> it.numEntries())
                        .sum();
    }

    private void write(List<LetterChange> changes) {
        Letters.Changing changing = letters.changing(changes);
        database.write(changing::stage);
        changing.written();
    }

    private static LetterChange.Put put(int number) {
        return new LetterChange.Put(
                DeadLetter.unchanged(
                        id(number),
                        LetterKind.INVALID,
                        "",
                        "c",
                        "m",
                        1,
                        "a",
                        "{}".getBytes(UTF_8)));
    }

    private static LetterChange.Remove remove(int number) {
        return new LetterChange.Remove(id(number));
    }

    private static LetterId id(int number) {
        return new LetterId(number, 0, 0);
    }
}
