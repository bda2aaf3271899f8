package dev.millrace.connect.file;

import static dev.millrace.connect.Batches.at;
import static dev.millrace.connect.Batches.batch;
import static dev.millrace.connect.Batches.eventTexts;
import static dev.millrace.connect.Batches.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.Batches;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Delivery.CursorMoved;
import dev.millrace.core.connector.Delivery.Delivered;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.testing.fault.LoopDisk;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

class FileSinkTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Delivery DELIVERED = new Delivered();

    @TempDir Path root;
    private final List<CursorSink> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(CursorSink::close);
    }

    private Path folder() {
        return root.resolve("archive");
    }

    private CursorSink open(Map<String, Object> settings) throws ConnectorException {
        return open(root, settings);
    }

    private CursorSink open(Path where, Map<String, Object> settings) throws ConnectorException {
        FileSinks kind = new FileSinks(where, name -> Optional.of("x" + name));
        CursorSink sink = (CursorSink) kind.open(Batches.context("file", settings, TIMEOUT));
        opened.add(sink);
        return sink;
    }

    private CursorSink started() throws ConnectorException {
        return started(Map.of("directory", "archive"));
    }

    private CursorSink started(Map<String, Object> settings) throws ConnectorException {
        CursorSink sink = open(settings);
        assertThat(sink.cursor()).isEmpty();
        sink.reset(at(0));
        return sink;
    }

    /** As a process leaves it that is killed now. */
    private Path killed() throws IOException {
        Path copy = Files.createDirectories(root.resolve("after").resolve("archive"));
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private CursorSink restarted() throws ConnectorException {
        return open(root.resolve("after"), Map.of("directory", "archive"));
    }

    private static List<String> shown(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** The lines of all files that are done, in the order of their names. */
    private static List<String> lines(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String name : shown(folder)) {
            try (InputStream file = Files.newInputStream(folder.resolve(name));
                    InputStream in = name.endsWith(".gz") ? new GZIPInputStream(file) : file) {
                lines.addAll(new String(in.readAllBytes(), UTF_8).lines().toList());
            }
        }
        return lines;
    }

    @Test
    void batchesAreShownTogetherWhenTheSinkIsClosed() throws Exception {
        CursorSink sink = started();

        assertThat(sink.deliver(events(0, 3))).isEqualTo(DELIVERED);
        assertThat(sink.deliver(events(3, 5))).isEqualTo(DELIVERED);
        assertThat(shown(folder())).isEmpty();
        assertThat(sink.cursor()).contains(at(5));
        sink.close();

        assertThat(shown(folder())).containsExactly("web.out.00000000000000-00000000000004.ndjson");
        assertThat(lines(folder())).isEqualTo(eventTexts(0, 5));
    }

    /** Again and again, as the thread that shows files may just be looking. */
    @Test
    void aCloseRightAfterADeliveryShowsItAndLetsGo() throws Exception {
        CursorSink sink = started();
        for (int i = 0; i < 50; i++) {
            assertThat(sink.deliver(events(i, i + 1))).isEqualTo(DELIVERED);
            sink.close();

            assertThat(lines(folder())).isEqualTo(eventTexts(0, i + 1));
            sink = open(Map.of("directory", "archive"));
            assertThat(sink.cursor()).contains(at(i + 1));
        }
    }

    @Test
    void aFileOfItsSizeIsShownAndAnotherBegun() throws Exception {
        CursorSink sink = started(Map.of("directory", "archive", "size", "1KiB"));

        Delivery _ = sink.deliver(events(0, 40));
        assertThat(sink.deliver(events(40, 41))).isEqualTo(DELIVERED);

        assertThat(shown(folder())).containsExactly("web.out.00000000000000-00000000000039.ndjson");
        sink.close();
        assertThat(lines(folder())).isEqualTo(eventTexts(0, 41));
    }

    @Test
    void aFileOfItsAgeIsShownThoughNothingComes() throws Exception {
        CursorSink sink = started(Map.of("directory", "archive", "age", "1s"));

        assertThat(sink.deliver(events(0, 3))).isEqualTo(DELIVERED);

        await().untilAsserted(() -> assertThat(lines(folder())).isEqualTo(eventTexts(0, 3)));
        assertThat(sink.deliver(events(3, 4))).isEqualTo(DELIVERED);
    }

    @Test
    void packedFilesAreOneStreamOfMembers() throws Exception {
        CursorSink sink = started(Map.of("directory", "archive", "gzip", true));

        Delivery _ = sink.deliver(events(0, 100));
        Delivery _ = sink.deliver(events(100, 200));
        sink.close();

        assertThat(shown(folder()))
                .containsExactly("web.out.00000000000000-00000000000199.ndjson.gz");
        assertThat(lines(folder())).isEqualTo(eventTexts(0, 200));
    }

    @Test
    void aBatchThatComesAgainWritesNothing() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));

        assertThat(sink.deliver(events(0, 3))).isInstanceOf(CursorMoved.class);
        assertThat(sink.deliver(events(1, 4))).isInstanceOf(CursorMoved.class);

        sink.close();
        assertThat(lines(folder())).isEqualTo(eventTexts(0, 3));
    }

    @Test
    void aBatchWithoutItemsMovesTheCursor() throws Exception {
        CursorSink sink = started();

        assertThat(sink.deliver(batch(0, 4, List.of()))).isEqualTo(DELIVERED);

        assertThat(sink.cursor()).contains(at(4));
        sink.close();
        assertThat(shown(folder())).isEmpty();
    }

    @Test
    void afterAKillTheFileIsContinued() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));

        Path after = killed();
        CursorSink next = restarted();

        assertThat(next.cursor()).contains(at(3));
        assertThat(shown(after)).isEmpty();
        assertThat(next.deliver(events(3, 5))).isEqualTo(DELIVERED);
        next.close();
        assertThat(shown(after)).containsExactly("web.out.00000000000000-00000000000004.ndjson");
        assertThat(lines(after)).isEqualTo(eventTexts(0, 5));
    }

    @Test
    void whatAKillCutShortIsCutOff() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));

        Path after = killed();
        Files.writeString(
                after.resolve(".web.out.partial"), "{\"id\":\"e3", StandardOpenOption.APPEND);
        Files.writeString(after.resolve(".web.out.cursor.new"), "{\"ow");
        CursorSink next = restarted();

        assertThat(next.cursor()).contains(at(3));
        assertThat(next.deliver(events(3, 5))).isEqualTo(DELIVERED);
        next.close();
        assertThat(lines(after)).isEqualTo(eventTexts(0, 5));
    }

    @Test
    void aFirstBatchThatWasNeverNotedIsNotShown() throws Exception {
        CursorSink _ = started();

        Path after = killed();
        Files.writeString(after.resolve(".web.out.partial"), Batches.event(0) + "\n");
        CursorSink next = restarted();

        assertThat(next.cursor()).contains(at(0));
        assertThat(next.deliver(events(0, 2))).isEqualTo(DELIVERED);
        next.close();
        assertThat(lines(after)).isEqualTo(eventTexts(0, 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKillBetweenTheNoteOfTheNameAndTheNextFileLosesNothing(boolean renamed) throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));
        Path after = killed();
        FileProgress before = FileProgress.load(after.resolve(".web.out.cursor")).orElseThrow();
        String name = "web.out.00000000000000-00000000000002.ndjson";
        before.closing(name).save(after.resolve(".web.out.cursor"));
        if (renamed) {
            Files.move(after.resolve(".web.out.partial"), after.resolve(name));
        }

        CursorSink next = restarted();

        assertThat(next.cursor()).contains(at(3));
        assertThat(shown(after)).containsExactly(name);
        assertThat(next.deliver(events(3, 5))).isEqualTo(DELIVERED);
        next.close();
        assertThat(lines(after)).isEqualTo(eventTexts(0, 5));
    }

    @Test
    void filesThatAReaderTookAwayAreNotMissed() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));
        sink.close();
        Files.delete(folder().resolve(shown(folder()).getFirst()));

        CursorSink next = open(Map.of("directory", "archive"));

        assertThat(next.cursor()).contains(at(3));
        assertThat(next.deliver(events(3, 5))).isEqualTo(DELIVERED);
        next.close();
        assertThat(lines(folder())).isEqualTo(eventTexts(3, 5));
    }

    @Test
    void aRewindWritesAgainInAFileOfItsOwn() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 5));

        sink.reset(at(2));
        assertThat(lines(folder())).isEqualTo(eventTexts(0, 5));
        assertThat(sink.deliver(events(2, 5))).isEqualTo(DELIVERED);

        sink.close();
        assertThat(shown(folder()))
                .containsExactly(
                        "web.out.00000000000000-00000000000004.ndjson",
                        "web.out.00000000000002-00000000000004.ndjson");
    }

    @Test
    void anOpenFileThatSomebodyDeletedIsSaidAndARewindGoesOn() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));
        Path after = killed();
        Files.delete(after.resolve(".web.out.partial"));

        CursorSink next = restarted();

        assertThatThrownBy(next::cursor)
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining(".web.out.partial has lost what it held")
                .hasMessageContaining("rewind the sink to 0");
        next.reset(at(0));
        assertThat(next.deliver(events(0, 3))).isEqualTo(DELIVERED);
        next.close();
        assertThat(lines(after)).isEqualTo(eventTexts(0, 3));
    }

    @Test
    void theCursorTellsWhoWrote() throws Exception {
        CursorSink sink = started();
        sink.reset(new SinkCursor("another/1", 9));

        assertThat(sink.cursor()).contains(new SinkCursor("another/1", 9));
        assertThat(sink.deliver(events(9, 10))).isInstanceOf(CursorMoved.class);
    }

    @Test
    void twoDoNotWriteTheSameFiles() throws Exception {
        CursorSink _ = started();

        assertThatThrownBy(() -> open(Map.of("directory", "archive")))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("web.out.* are being written by another");
    }

    @Test
    void aFullDiskKeepsNoHalfBatchAndGoesOnWhenThereIsRoom() throws Exception {
        try (LoopDisk disk = LoopDisk.mount(root, 16)) {
            CursorSink sink = open(disk.path(), Map.of("directory", "archive"));
            assertThat(sink.cursor()).isEmpty();
            sink.reset(at(0));
            assertThat(sink.deliver(events(0, 3))).isEqualTo(DELIVERED);
            Path partial = disk.path().resolve("archive").resolve(".web.out.partial");
            long sizeBefore = Files.size(partial);

            disk.fill();
            Delivery full = sink.deliver(events(3, 50_000));
            Delivery again = sink.deliver(events(3, 50_000));

            assertThat(full)
                    .isInstanceOfSatisfying(
                            Delivery.RetryLater.class,
                            later ->
                                    assertThat(later.reason())
                                            .startsWith("the disk of ")
                                            .contains("archive is full"));
            assertThat(again).isEqualTo(full);
            assertThat(Files.size(partial)).isEqualTo(sizeBefore);
            assertThat(sink.cursor()).contains(at(3));

            disk.empty();
            assertThat(sink.deliver(events(3, 50_000))).isEqualTo(DELIVERED);
            sink.close();
            assertThat(lines(disk.path().resolve("archive"))).isEqualTo(eventTexts(0, 50_000));
        }
    }

    @Test
    void aFolderThatIsMissingIsMade() throws Exception {
        CursorSink sink = started(Map.of("directory", "a/${B}/c"));
        Delivery _ = sink.deliver(events(0, 1));
        sink.close();

        assertThat(lines(root.resolve("a/xB/c"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../elsewhere", "a/../../b", "/etc", "a\0b"})
    void noPathLeadsOutOfTheServersFolder(String directory) {
        FileSinks kind = new FileSinks(root, _ -> Optional.empty());

        assertThat(kind.problem(Batches.context("file", Map.of("directory", directory), TIMEOUT)))
                .get()
                .asString()
                .startsWith("the directory ");
        assertThatThrownBy(() -> open(Map.of("directory", directory)))
                .isInstanceOf(ConnectorException.class);
    }

    @Test
    void noLinkLeadsOutOfTheServersFolder(@TempDir Path elsewhere) throws Exception {
        Files.createSymbolicLink(root.resolve("link"), elsewhere);

        assertThatThrownBy(() -> open(Map.of("directory", "link/deep")))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("a symbolic link leads to");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws Exception {
        Files.writeString(root.resolve("archive"), "a file");

        assertThatThrownBy(() -> open(Map.of("directory", "archive")))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("archive is a file, not a folder");
    }

    @Test
    void aVariableThatIsNotSetIsAProblem() {
        FileSinks kind = new FileSinks(root, _ -> Optional.empty());

        assertThat(
                        kind.problem(
                                Batches.context(
                                        "file", Map.of("directory", "${NOWHERE}"), TIMEOUT)))
                .get()
                .asString()
                .contains("NOWHERE is not set");
    }
}
